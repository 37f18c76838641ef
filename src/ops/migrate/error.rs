use std::time::Duration;

use thiserror::Error;

use crate::shard::ShardError;

/// A shard that could not be migrated. What was applied before stays applied.
#[derive(Debug, Error)]
pub enum MigrateError {
    /// It could not be reached.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// Someone else held its migration lock all the while.
    #[error("another process has been migrating this shard for {0:?}; run again when it is done")]
    Locked(Duration),
    /// The lock could not be asked for.
    #[error("the migration lock could not be taken")]
    Lock(#[source] diesel::result::Error),
    /// The lock file could not be opened.
    #[error("the migration lock file {path} could not be opened")]
    LockFile {
        /// The file.
        path: String,
        /// Why not.
        source: std::io::Error,
    },
    /// The list of applied migrations could not be read.
    #[error("the list of applied migrations could not be read")]
    History(#[source] diesel::result::Error),
    /// The migrations themselves could not be read.
    #[error("the migrations could not be read")]
    Source(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// One of them failed, and was rolled back if it runs in a transaction.
    #[error("migration {name} failed")]
    Failed {
        /// The migration.
        name: String,
        /// The database's words.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}
