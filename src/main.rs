//! Shardwright.
fn main() {}
