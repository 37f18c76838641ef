use std::fmt;

use thiserror::Error;

use crate::{
    cluster,
    key::{KeyspaceName, ShardId},
    ops::{
        identity::{HoldError, IdentityError},
        migrate::MigrateError,
        moves::TransferError,
        placement::Unreadable,
    },
    shard::ShardError,
};

/// A change of rule that was not carried out, or not to the end.
#[derive(Debug, Error)]
pub enum ApplyError {
    /// A service still serves from one of the shards, or another change is under way.
    #[error(transparent)]
    Held(#[from] HoldError),
    /// A database is not the shard it is taken for.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// A new shard could not be given its tables.
    #[error("the new shard {shard} could not be migrated; mend it and run this again")]
    Migrate {
        /// The shard.
        shard: ShardId,
        /// Why.
        source: MigrateError,
    },
    /// Keys are on their way to a third rule.
    #[error(
        "the keys of keyspace {keyspace} are on their way to another rule than the new \
         configuration's; finish that change with the file it was begun with, or take it back with \
         --undo"
    )]
    OtherMove {
        /// The keyspace.
        keyspace: KeyspaceName,
    },
    /// Back to where, is not known.
    #[error(
        "the rows of keyspace {keyspace} were placed by another rule than the present \
         configuration's; to take the change back, put the rule they were placed by back into it"
    )]
    OtherOrigin {
        /// The keyspace.
        keyspace: KeyspaceName,
    },
    /// There is no way back from where nobody went.
    #[error("no change to the new configuration is under way, so there is nothing to take back")]
    NothingUnderWay,
    /// A shard that holds rows by the old rule is in neither configuration.
    #[error(
        "rows of keyspace {keyspace} may be on shard {shard} too, which neither configuration has; \
         run this with the old file as the present configuration, or with that shard in the new \
         one"
    )]
    LostShard {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// The shard.
        shard: ShardId,
    },
    /// Some keys can't be moved. Nothing was changed.
    #[error("keyspace {keyspace} can't be moved: {obstacle}. Nothing was changed")]
    Obstacle {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// What is in the way.
        obstacle: Obstacle,
    },
    /// The stored keys could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Keys on several shards could not be compared. Nothing was changed.
    #[error("keys that are on several shards could not be compared; nothing was changed")]
    Unread(#[source] Box<TransferError>),
    /// A batch could not be moved. Its keys are where they were, or on both shards;
    /// those before it are where they should be.
    #[error("keys on their way from {from} to {to} could not be moved; {AGAIN}")]
    Transfer {
        /// Where they are.
        from: ShardId,
        /// Where they go.
        to: ShardId,
        /// Why not.
        source: Box<TransferError>,
    },
    /// Rows can't be moved between two shards at all. Nothing was changed.
    #[error("rows can't be moved from {from} to {to}; nothing was changed")]
    Unlinked {
        /// Where they are.
        from: ShardId,
        /// Where they would go.
        to: ShardId,
        /// Why not.
        source: Box<TransferError>,
    },
    /// It was asked to stop.
    #[error("stopped before the end; {AGAIN}")]
    Stopped,
    /// Keys were found where they should not be again and again.
    #[error("keys appear where they should not be while they are moved: someone writes; {AGAIN}")]
    Restless,
    /// A shard's own notes could not be read or written.
    #[error("the notes of shard {shard} could not be read or written; {AGAIN}")]
    Notes {
        /// The shard.
        shard: ShardId,
        /// The database's words.
        source: diesel::result::Error,
    },
    /// A session could not be prepared.
    #[error("the sessions could not be prepared")]
    Session(#[source] diesel::result::Error),
    /// A shard could not be reached.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// The joined configuration makes no cluster.
    #[error(transparent)]
    Cluster(Box<cluster::Error>),
}

const AGAIN: &str = "run this again to go on, or with --undo to take back what was done";

/// Why keys can't be moved: all that are counted, some that are named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// What is the matter with them.
    pub matter: &'static str,
    /// How many.
    pub count: u64,
    /// The first few, in words.
    pub examples: Vec<String>,
}

impl fmt::Display for Obstacle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.count, self.matter)?;
        if !self.examples.is_empty() {
            write!(f, ", such as {}", self.examples.join("; "))?;
        }
        Ok(())
    }
}
