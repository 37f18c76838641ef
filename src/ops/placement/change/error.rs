use std::fmt;

use thiserror::Error;

use crate::{
    cluster::BuildError,
    config::DatabaseUrl,
    key::{KeyspaceName, ShardId},
    routing::RuleError,
};

/// One of the two configurations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Side {
    /// The present one.
    Before,
    /// The new one.
    After,
}

/// Two configurations that are not one cluster before and after.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ChangeError {
    /// One name, two databases. URLs are shown without their passwords.
    #[error(
        "shard {shard} is {before} in the present configuration and {after} in the new one: its \
         rows would be looked for where they are not; give the new database a new name"
    )]
    OtherDatabase {
        /// The name.
        shard: ShardId,
        /// Its database now.
        before: Box<DatabaseUrl>,
        /// Its database in the new configuration.
        after: Box<DatabaseUrl>,
    },
    /// One database, two names.
    #[error(
        "the database {url} is shard {before} in the present configuration and shard {after} in \
         the new one; a shard keeps its name"
    )]
    OtherName {
        /// The database.
        url: Box<DatabaseUrl>,
        /// Its name now.
        before: ShardId,
        /// Its name in the new configuration.
        after: ShardId,
    },
    /// A keyspace that is not in both.
    #[error("keyspace {keyspace} is missing in {lacking}; both must say where its rows belong")]
    Keyspace {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// Where it is missing.
        lacking: Side,
    },
    /// A rule that contradicts itself, which reading the configuration has ruled out.
    #[error("keyspace {keyspace}: {source}")]
    Rule {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// What is wrong with it.
        source: Box<RuleError>,
    },
    /// The shards of both together make no cluster.
    #[error(transparent)]
    Build(#[from] BuildError),
}

impl fmt::Display for Side {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Before => "the present configuration",
            Self::After => "the new configuration",
        })
    }
}
