//! Application-level sharding for services on Diesel and Rocket.
//!
//! Modules in reading order; each uses only those above it in this list.


pub mod key;
pub mod config;
pub mod routing;
pub mod shard;
pub mod cluster;
