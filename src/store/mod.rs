//! The service's tables. Every function takes a connection and knows nothing of
//! shards: which one it is called on is decided two floors below.

/// Runs a query on the connection's own type. On the enum each would be made for both
/// kinds of database and rendered anew each time, which takes longer than all the rest.
macro_rules! typed {
    ($conn:expr, $typed:ident => $query:expr) => {
        match $conn {
            crate::shard::ShardConnection::Postgres($typed) => $query,
            crate::shard::ShardConnection::Sqlite($typed) => $query,
        }
    };
}

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
