//! The command line as its users meet it: exit codes, what is said where, and what is never said.

mod access;
mod completions;
mod config;
mod help;
mod man;
mod migration;
mod pins;
mod postgres;
mod route;
mod route_stdin;
mod secrets;
mod serve;
mod shards;

/// Whether a program that a test would ask is on this machine.
fn installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| folder.join(program).is_file())
}
