use thiserror::Error;

use super::ClusterId;
use crate::{
    key::{KeyspaceName, ShardId},
    ops::Program,
};

/// A database that is not the one it is taken for, or whose rows were placed by
/// another rule.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum IdentityError {
    /// It is another shard's: URLs were swapped, most likely.
    #[error(
        "the database configured as {shard} says it is {says}; correct the URLs, or, if it is a \
         copy restored on purpose, run `shardwright shards adopt {shard}`"
    )]
    OtherShard {
        /// The shard as configured.
        shard: ShardId,
        /// What the database says.
        says: ShardId,
    },
    /// It is another cluster's.
    #[error(
        "the database configured as {shard} says it is {says} of cluster {theirs}, and this is \
         cluster {ours}; correct its URL, or, if it is a copy restored on purpose, run \
         `shardwright shards adopt {shard}`"
    )]
    OtherCluster {
        /// The shard as configured.
        shard: ShardId,
        /// Which shard the database says it is.
        says: ShardId,
        /// Of which cluster.
        theirs: ClusterId,
        /// The cluster that the other shards belong to.
        ours: ClusterId,
    },
    /// As many shards say one thing as say another.
    #[error(
        "the shards belong to different clusters: {groups}; correct the URLs, or run `shardwright \
         shards adopt` with the names of those that were restored on purpose"
    )]
    Divided {
        /// Each cluster with its shards.
        groups: String,
    },
    /// It was migrated by an older version or another tool, and never told who it is.
    #[error("{shard} has not been told who it is; run `shardwright migration run`")]
    Nameless {
        /// The shard.
        shard: ShardId,
    },
    /// It has no word on a keyspace.
    #[error(
        "{shard} does not say by which rule its rows of keyspace {keyspace} were placed; restart \
         the service, which will see to it"
    )]
    Unrecorded {
        /// The shard.
        shard: ShardId,
        /// The keyspace.
        keyspace: KeyspaceName,
    },
    /// Its rows were placed by another rule.
    #[error(
        "the rows of keyspace {keyspace} on {shard} were placed by another rule than the \
         configured one; restore that rule, or carry out the change with `shardwright placement \
         apply`"
    )]
    OtherRule {
        /// The shard.
        shard: ShardId,
        /// The keyspace.
        keyspace: KeyspaceName,
    },
    /// Its rows are on their way.
    #[error(
        "the keys of keyspace {keyspace} are being moved, or were when it was interrupted; finish \
         it with `shardwright placement apply --config NEW.toml`, or take it back with --undo"
    )]
    Moving {
        /// The keyspace.
        keyspace: KeyspaceName,
    },
}

impl IdentityError {
    /// What it is and what to do, in the words that fit the program.
    #[must_use]
    pub fn told(&self, program: Program) -> String {
        const ADOPT: &str = "restored on purpose, have it told so (`ops::identity::adopt`)";
        const MOVE: &str = "a command of the application's own (`ops::moves::Moves`)";
        match (program, self) {
            (Program::Service, _) | (_, Self::Unrecorded { .. }) => self.to_string(),
            (_, Self::OtherShard { shard, says }) => format!(
                "the database configured as {shard} says it is {says}; correct the URLs, or, if \
                 it is a copy {ADOPT}"
            ),
            (_, Self::OtherCluster { shard, says, theirs, ours }) => format!(
                "the database configured as {shard} says it is {says} of cluster {theirs}, and \
                 this is cluster {ours}; correct its URL, or, if it is a copy {ADOPT}"
            ),
            (_, Self::Divided { groups }) => format!(
                "the shards belong to different clusters: {groups}; correct the URLs, or, if one \
                 was {ADOPT}"
            ),
            (_, Self::Nameless { shard }) => {
                format!("{shard} has not been told who it is; it is told when it is migrated")
            }
            (_, Self::OtherRule { shard, keyspace }) => format!(
                "the rows of keyspace {keyspace} on {shard} were placed by another rule than the \
                 configured one; restore that rule, or have the rows moved by {MOVE}"
            ),
            (_, Self::Moving { keyspace }) => format!(
                "the keys of keyspace {keyspace} are being moved, or were when it was \
                 interrupted; have it finished or taken back by {MOVE}"
            ),
        }
    }

    /// The matter in a few words, to be said after `refused: `.
    #[must_use]
    pub fn reason(&self) -> String {
        match self {
            Self::OtherShard { says, .. } => format!("says it is {says}"),
            Self::OtherCluster { says, .. } => format!("says it is {says} of another cluster"),
            Self::Divided { .. } => "the shards belong to different clusters".to_owned(),
            Self::Nameless { .. } => "has not been told who it is".to_owned(),
            Self::Unrecorded { keyspace, .. } => format!("has no note on the rule of {keyspace}"),
            Self::OtherRule { keyspace, .. } => format!("{keyspace} was placed by another rule"),
            Self::Moving { keyspace } => format!("keys of {keyspace} are being moved"),
        }
    }
}
