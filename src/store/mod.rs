//! The service's tables. Every function takes a connection and knows nothing of
//! shards: which one it is called on is decided two floors below.

mod batches;
pub mod census;
pub mod migrations;
pub mod orders;
pub mod requests;
mod schema;
pub mod stats;
pub mod tables;
pub mod types;
pub mod users;

use diesel::Connection;

use crate::shard::ShardConnection;

/// What Diesel calls the pair of backends a [`ShardConnection`] can be of.
pub type ShardBackend = <ShardConnection as Connection>::Backend;
