use thiserror::Error as ThisError;

use super::{Incomplete, merge::MergeError};
use crate::{
    key::{KeyspaceName, ShardId},
    routing::RouteError,
    shard::ShardError,
};

/// A call to the cluster that failed.
#[derive(Debug, ThisError)]
pub enum Error {
    /// No such keyspace is configured.
    #[error(
        "there is no keyspace `{name}`; the keyspaces are: {known}. Add \
         [default.sharding.keyspaces.{name}] or hand its router to the builder"
    )]
    UnknownKeyspace {
        /// The name asked for.
        name: String,
        /// The names there are, comma-separated.
        known: String,
    },
    /// No such shard is configured.
    #[error("there is no shard `{name}`; the shards are: {known}")]
    UnknownShard {
        /// The name asked for.
        name: ShardId,
        /// The names there are, comma-separated.
        known: String,
    },
    /// The keyspace's rule has no place for the key.
    #[error("keyspace {keyspace}: {source}")]
    Route {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// What callers know the key by: [`ShardBy::FIELD`](crate::key::ShardBy::FIELD).
        field: &'static str,
        /// Why.
        source: RouteError,
    },
    /// A router answered with a shard that is not in the cluster.
    #[error(
        "the router of keyspace {keyspace} answered with shard number {index}, which there is not"
    )]
    StrayRoute {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// The number, counted from 0.
        index: usize,
    },
    /// The key's shard could not do it.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// A shard is missing from an answer that must be complete.
    #[error(transparent)]
    Incomplete(#[from] Incomplete),
    /// The shards' answers can't be put together.
    #[error(transparent)]
    Merge(#[from] MergeError),
}
