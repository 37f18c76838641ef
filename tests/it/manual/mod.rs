//! The manual and the README are held to what they say: every block of code in them is run,
//! compiled or read, every command is one there is, every link leads somewhere.

mod blocks;
mod book;
mod command_line;
mod commands;
mod configuration;
mod links;
mod page;
mod pages;
mod script;
mod spans;
mod stage;
mod tutorial;
