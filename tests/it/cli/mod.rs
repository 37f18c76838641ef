//! The command line as its users meet it: exit codes, what is said where, and what is never said.

mod access;
mod config;
mod help;
mod migration;
mod pins;
mod postgres;
mod route;
mod route_stdin;
mod secrets;
mod serve;
mod shards;
