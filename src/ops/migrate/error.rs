use std::time::Duration;

use thiserror::Error;

use crate::{
    ops::identity::IdentityError,
    shard::{Fault, ShardError},
};

type AnyError = Box<dyn std::error::Error + Send + Sync>;

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
    /// The database is not the shard it is taken for.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// None of the few shards that answer knows which cluster this is.
    #[error(
        "which cluster this is can't be known while {0} does not answer; run again when it does"
    )]
    Unfounded(String),
    /// Someone changes where its rows are.
    #[error("it is held by {0}, who changes where its rows are; run again when that is done")]
    Held(String),
    /// What the database says of itself could not be read or written.
    #[error("the database's own records could not be read or written")]
    Records(#[source] diesel::result::Error),
    /// The list of applied migrations could not be read.
    #[error("the list of applied migrations could not be read")]
    History(#[source] diesel::result::Error),
    /// The schema could not be read.
    #[error("the schema could not be read")]
    Schema(#[source] diesel::result::Error),
    /// The time-outs could not be set.
    #[error("the session could not be prepared")]
    Session(#[source] diesel::result::Error),
    /// The migrations themselves could not be read.
    #[error("the migrations could not be read")]
    Source(#[source] AnyError),
    /// One of them failed, and was rolled back if it runs in a transaction.
    #[error("migration {name} failed")]
    Failed {
        /// The migration.
        name: String,
        /// The database's words.
        source: AnyError,
    },
    /// One of them never got the lock it needs.
    #[error(
        "migration {name} timed out on a lock {tried} times; end the transaction that holds it \
         (pg_blocking_pids tells which) or raise --lock-timeout, and run again"
    )]
    LockTimeout {
        /// The migration.
        name: String,
        /// How often it was tried.
        tried: u32,
    },
    /// The newest migration of the shard is not the binary's to take back.
    #[error("the shard is ahead: it has {version}, which this binary does not know")]
    Ahead {
        /// The version.
        version: String,
    },
}

impl MigrateError {
    /// The error with its causes, on one line.
    #[must_use]
    pub fn in_full(&self) -> String {
        let mut words = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(error) = cause {
            words.push_str(&format!(": {}", error.to_string().trim().replace('\n', " ")));
            cause = error.source();
        }
        words
    }

    /// Whether the shard is out of reach or in someone's hands: waiting may help,
    /// and mending the migration will not.
    #[must_use]
    pub fn may_pass(&self) -> bool {
        let passing = |fault| matches!(fault, Fault::Connection | Fault::Contention);
        match self {
            Self::Shard(_) | Self::Unfounded(_) | Self::Locked(_) | Self::LockTimeout { .. } => {
                true
            }
            Self::Lock(error)
            | Self::Records(error)
            | Self::History(error)
            | Self::Schema(error)
            | Self::Session(error) => passing(Fault::of(error)),
            Self::Failed { source, .. } | Self::Source(source) => {
                passing(Fault::of_message(&source.to_string()))
            }
            _ => false,
        }
    }

    pub(super) fn failed(name: &str, source: AnyError) -> Self {
        Self::Failed { name: name.to_owned(), source }
    }
}

/// Whether someone else was in the migration's way, and nothing has happened.
/// By its words: Diesel's error for a failed migration keeps its cause to itself.
pub(super) fn is_contention(error: &AnyError) -> bool {
    Fault::of_message(&error.to_string()) == Fault::Contention
}
