//! Real PostgreSQL servers for the tests, started, stopped, killed and frozen at will.
//!
//! A test owns its servers: [`PgServer::start`] gives one that is ready, dropping it leaves neither
//! a process nor a directory, also when the test panics. Nothing is shared but a data directory
//! made once by `initdb`, of which every server gets a copy, so that three servers are up in half a
//! second and no test sees another's tables. There is no lock around the tests: any number of them
//! runs in threads (`cargo test`) and in processes (`cargo nextest`).
//!
//! What one server owns is a *run directory* with an unguessable name. The name is also the
//! server's `cluster_name`, which PostgreSQL puts into the title of each of its processes; that is
//! how a server's processes are told apart, even when their postmaster is dead ([`process`]).
//! A run directory is held by a file lock, and the kernel lets go of it when the test process dies,
//! however it dies: a lock that can be had marks a leftover ([`sweep`]).
//!
//! Most of a start is the copying of a thousand small files: with `TMPDIR` in memory (`/dev/shm`,
//! 30 MB a server) it takes a tenth. Linux only, as it reads `/proc`.

mod account;
mod binaries;
mod builder;
mod harness;
mod launch;
mod poll;
mod port;
mod process;
mod run_dir;
mod selftest;
mod server;
mod shm;
mod sweep;
mod template;

pub(crate) use port::Port;
pub(crate) use server::PgServer;
