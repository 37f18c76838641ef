//! Application-level sharding for services on Diesel and Rocket.
//!
//! Modules in reading order; each uses only those above it in this list.

pub mod cluster;
pub mod config;
pub mod key;
pub mod ops;
pub mod routing;
pub mod shard;
pub mod store;
