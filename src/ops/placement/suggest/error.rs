use thiserror::Error;

use super::super::Unreadable;
use crate::key::{KeyspaceName, ShardId};

/// Why no ranges can be proposed.
#[derive(Debug, Error)]
pub enum SuggestError {
    /// Ranges are of whole numbers.
    #[error(
        "keyspace {keyspace} has keys that are text, and ranges are of whole numbers; spread text \
         over shards with strategy \"consistent_hash\""
    )]
    Text {
        /// The keyspace.
        keyspace: KeyspaceName,
    },
    /// A shard asked for twice.
    #[error("shard {shard} is given twice")]
    Twice {
        /// The shard.
        shard: ShardId,
    },
    /// A shard that is not in the cluster.
    #[error("there is no shard `{shard}`; configure it first, which moves nothing by itself")]
    Unknown {
        /// The shard.
        shard: ShardId,
    },
    /// Some range would hold nothing, and could lie anywhere.
    #[error("{keys} stored keys say nothing about ranges for {shards} shards; store more first")]
    TooFewKeys {
        /// The keys there are.
        keys: u64,
        /// The shards asked for.
        shards: usize,
    },
    /// A shard's keys can't be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
}
