use thiserror::Error;

use super::Misfits;
use crate::{
    key::{KeyspaceName, ShardId},
    ops::{
        Program,
        identity::{HoldError, IdentityError},
        placement::Unreadable,
    },
    shard::ShardError,
};

/// A service that may not start, since rows are not where its rules say, or it
/// can't be known.
#[derive(Debug, Error)]
pub enum UnsettledError {
    /// A database is not who it is taken for, or its rows are being moved.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Someone changes where its rows are.
    #[error(
        "shard {shard} is held by {holders}, who changes where its rows are; start again when \
         that is done"
    )]
    Held {
        /// The shard.
        shard: ShardId,
        /// Who that is, as far as can be seen.
        holders: String,
    },
    /// The rows were placed by another rule.
    #[error(
        "the rule of keyspace {keyspace} is not the one its rows were placed by\n{found}\n  Put the \
         rule back as it was; or write the new one into a file of its own, and have the rows moved \
         by\n    `shardwright placement apply --config NEW.toml`\n  (`placement plan --config \
         NEW.toml` tells beforehand what that would move)"
    )]
    Changed {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// What the stored keys say.
        found: Misfits,
    },
    /// No rule is recorded, and the rows are not where the configured one says.
    #[error(
        "it is not recorded by which rule the rows of keyspace {keyspace} were placed, and it was \
         not the configured one\n{found}\n  Configure the rule they were placed by; or, if the \
         configured one is right, have the rows moved by\n    `shardwright placement apply --config \
         Rocket.toml`\n  (`placement check` lists every key that is not where its rule says)"
    )]
    Unknown {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// What the stored keys say.
        found: Misfits,
    },
    /// Nobody knows which tables to look into.
    #[error(
        "the rule of keyspace {keyspace} has changed, and the application declares no tables of \
         it, so whether rows were placed by the rule before can't be known; put the rule back as \
         it was, or have the change recorded by `shardwright placement apply --config NEW.toml`"
    )]
    Undeclared {
        /// The keyspace.
        keyspace: KeyspaceName,
    },
    /// A shard that does not answer may hold rows.
    #[error(
        "the rule of keyspace {keyspace} has changed, and whether it holds rows can't be known \
         while {absent} does not answer; start again when it does, or put the rule back as it was"
    )]
    Absent {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// Those that don't answer, comma-separated.
        absent: String,
    },
    /// There are no rows yet, but another process serves by the rule before.
    #[error(
        "the rule of keyspace {keyspace} is not the one that other processes serve by; give this \
         one the same configuration, or stop them first"
    )]
    InUse {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// Who that is.
        source: HoldError,
    },
    /// The stored keys could not be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// A database could not be read or written.
    #[error(transparent)]
    Shard(#[from] ShardError),
}

impl UnsettledError {
    /// What it is and what to do, in the words that fit the program.
    #[must_use]
    pub fn told(&self, program: Program) -> String {
        const MOVE: &str = "a command of the application's own (`ops::moves::Moves`; the manual's \
                            tutorial has one)";
        match (program, self) {
            (_, Self::Identity(error)) => error.told(program),
            (Program::Application, Self::Changed { keyspace, found }) => format!(
                "the rule of keyspace {keyspace} is not the one its rows were placed by\n{found}\n  \
                 Put the rule back as it was; or write the new one into a file of its own, and \
                 have the rows moved by {MOVE}"
            ),
            (Program::Application, Self::Unknown { keyspace, found }) => format!(
                "it is not recorded by which rule the rows of keyspace {keyspace} were placed, \
                 and it was not the configured one\n{found}\n  Configure the rule they were placed \
                 by; or, if the configured one is right, have the rows moved by {MOVE}"
            ),
            (Program::Application, Self::Undeclared { keyspace }) => format!(
                "the rule of keyspace {keyspace} has changed, and the application declares no \
                 tables of it, so whether rows were placed by the rule before can't be known; \
                 declare them (`ShardedDb::fairing().tables(…)`), or put the rule back as it was"
            ),
            _ => self.to_string(),
        }
    }
}
