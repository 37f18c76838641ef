//! Migrations are embedded by a macro that Cargo can't see into, so a new file
//! among them must rebuild the crate; and their text is listed here, since what
//! the macro embeds can be run but not shown.

use std::{env, error::Error, fs, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed=migrations");
    let root = env::var("CARGO_MANIFEST_DIR")?;
    let mut list = String::from("const TEXTS: &[Text] = &[\n");
    for (folder, backend) in [("postgres", "Postgres"), ("sqlite", "Sqlite")] {
        let mut migrations: Vec<_> =
            fs::read_dir(Path::new(&root).join("migrations").join(folder))?
                .map(|entry| entry.map(|entry| entry.path()))
                .collect::<Result<_, _>>()?;
        migrations.sort();
        for path in migrations {
            let name = path.file_name().unwrap_or_default();
            list.push_str(&format!(
                "    Text {{ backend: Backend::{backend}, name: {name:?}, up: \
                 include_str!({:?}), down: include_str!({:?}) }},\n",
                path.join("up.sql"),
                path.join("down.sql"),
            ));
        }
    }
    list.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("migrations.rs"), list)?;
    Ok(())
}
