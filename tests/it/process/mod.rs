//! The built program, run as its users run it: in a folder with a Rocket.toml, and with nothing in
//! its environment but what a test puts there.

mod folder;
mod poll;
mod server;

pub(crate) use folder::Folder;
pub(crate) use poll::until;
pub(crate) use server::Server;
