//! Application-level sharding for services on Diesel and Rocket.
//!
//! A request carries a *shard key*; a router picks the shard; a pooled Diesel
//! connection to that shard, on a bounded blocking thread, runs the closure.
//! There is no way to a connection without a key, a shard's name or an explicit
//! scatter: a forgotten shard key does not compile.
//!
//! Start at [`cluster::ShardedDb`]. Modules in reading order, each using only
//! those above it:

pub mod key;

pub mod config;

pub mod routing;

pub mod shard;

pub mod cluster;

pub mod ops;

pub mod web;

pub mod store;

pub mod http;

pub mod cli;

/// The Rust on the manual's pages, run as documentation tests. `tests/it/manual` sees to it
/// that no page with Rust is missing here.
#[cfg(doctest)]
mod manual {
    #[doc = include_str!("../docs/src/how-to/adopting.md")]
    struct Adopting;
}
