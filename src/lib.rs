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

#[cfg(feature = "rocket")]
pub mod web;

#[cfg(feature = "service")]
pub mod store;

#[cfg(feature = "service")]
pub mod http;

#[cfg(feature = "service")]
pub mod cli;

#[cfg(not(any(feature = "postgres", feature = "sqlite")))]
compile_error!("shardwright needs the feature `postgres`, `sqlite` or both");
