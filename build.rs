//! Migrations are embedded by a macro that Cargo can't see into: a new file
//! among them must rebuild the crate.

fn main() {
    println!("cargo:rerun-if-changed=migrations");
}
