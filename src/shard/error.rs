use std::{fmt, time::Duration};

use diesel::{ConnectionError, result::Error as QueryError};
use thiserror::Error;

use super::{Fault, Trouble};
use crate::key::ShardId;

/// What a call was waiting for when its time ran out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Wait {
    /// Its turn on the shard.
    Permit,
    /// A connection to be opened or tested.
    #[default]
    Connection,
    /// The database's answer.
    Statement,
}

impl Wait {
    /// Its name, as clients are told it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Permit => "permit",
            Self::Connection => "connection",
            Self::Statement => "statement",
        }
    }
}

impl fmt::Display for Wait {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Permit => "its turn",
            Self::Connection => "a connection",
            Self::Statement => "the answer",
        })
    }
}

/// A call to one shard that failed.
///
/// The text is for logs: it can hold the driver's words, never a password.
/// What a client of the service may see is [`ShardError::reason`].
///
/// # Examples
/// ```
/// use shardwright::{cluster::Error, shard::ShardError};
///
/// /// Whether nothing was sent to the shard, so that even a write may be made again.
/// fn was_never_begun(error: &Error) -> bool {
///     let Error::Shard(error) = error else { return true };
///     matches!(
///         error,
///         ShardError::Busy { .. } | ShardError::Open { .. } | ShardError::Connect { .. }
///     )
/// }
/// ```
#[derive(Debug, Error)]
pub enum ShardError {
    /// Every permit, or every connection the shard may have, was taken for as
    /// long as a call may wait.
    #[error(
        "shard {shard} is busy: all its connections were in use for {waited:?}; raise \
         pool.max_size, or max_total if it is set, should this be usual"
    )]
    Busy {
        /// The shard.
        shard: ShardId,
        /// How long the call waited.
        waited: Duration,
    },
    /// The breaker is open: the last calls found no connection.
    #[error("shard {shard} {trouble}; the next try is in {retry_after:?}")]
    Open {
        /// The shard.
        shard: ShardId,
        /// When it will be tried again.
        retry_after: Duration,
        /// What befell the last call that tried.
        trouble: Trouble,
    },
    /// No connection could be opened.
    #[error("could not connect to shard {shard}")]
    Connect {
        /// The shard.
        shard: ShardId,
        /// The driver's words.
        source: ConnectionError,
    },
    /// All connections wait for a server that no longer answers.
    #[error("shard {shard} does not answer")]
    Silent {
        /// The shard.
        shard: ShardId,
    },
    /// The database answers, and is not fit to serve.
    #[error("shard {shard} is refused: {reason}")]
    Refused {
        /// The shard.
        shard: ShardId,
        /// Why, and what to do.
        reason: String,
    },
    /// The deadline passed. What was under way may still take effect.
    #[error("shard {shard} did not answer in time, waiting for {wait}")]
    Timeout {
        /// The shard.
        shard: ShardId,
        /// What the call was waiting for.
        wait: Wait,
    },
    /// The query failed.
    #[error("a query failed on shard {shard}")]
    Query {
        /// The shard.
        shard: ShardId,
        /// Diesel's error.
        source: diesel::result::Error,
    },
    /// The service is shutting down.
    #[error("shard {shard} takes no more calls: the service is shutting down")]
    ShuttingDown {
        /// The shard.
        shard: ShardId,
    },
}

impl ShardError {
    /// The shard it happened on.
    #[must_use]
    pub fn shard(&self) -> &ShardId {
        match self {
            Self::Busy { shard, .. }
            | Self::Open { shard, .. }
            | Self::Connect { shard, .. }
            | Self::Silent { shard }
            | Self::Refused { shard, .. }
            | Self::Timeout { shard, .. }
            | Self::Query { shard, .. }
            | Self::ShuttingDown { shard } => shard,
        }
    }

    /// The cause in a word or two that may leave the house: no SQL, no address.
    #[must_use]
    pub fn reason(&self) -> &'static str {
        match self {
            Self::Busy { .. } => "busy",
            Self::Open { trouble, .. } => trouble.reason(),
            Self::Connect { source, .. } => Trouble::of(source).reason(),
            Self::Silent { .. } => Trouble::Silent.reason(),
            Self::Refused { .. } => "refused",
            Self::Timeout { wait: Wait::Permit, .. } => "busy",
            Self::Timeout { .. } => "timed out",
            Self::ShuttingDown { .. } => "shutting down",
            Self::Query { source, .. } => match Fault::of(source) {
                Fault::Connection => "connection lost",
                Fault::StatementTimeout => "timed out",
                Fault::Contention | Fault::StalePlan => "busy",
                Fault::ReadOnly => "read-only",
                Fault::Statement => "query failed",
            },
        }
    }

    /// Diesel's error, if the call got as far as a query.
    #[must_use]
    pub fn query(&self) -> Option<&diesel::result::Error> {
        match self {
            Self::Query { source, .. } => Some(source),
            _ => None,
        }
    }

    /// The same failure, for another caller of those it befell together.
    pub(super) fn echo(&self) -> Self {
        let shard = self.shard().clone();
        match self {
            Self::Busy { waited, .. } => Self::Busy { shard, waited: *waited },
            Self::Open { retry_after, trouble, .. } => {
                Self::Open { shard, retry_after: *retry_after, trouble: *trouble }
            }
            Self::Connect { source, .. } => {
                Self::Connect { shard, source: ConnectionError::BadConnection(source.to_string()) }
            }
            Self::Silent { .. } => Self::Silent { shard },
            Self::Refused { reason, .. } => Self::Refused { shard, reason: reason.clone() },
            Self::Timeout { wait, .. } => Self::Timeout { shard, wait: *wait },
            Self::Query { source, .. } => Self::Query { shard, source: echo(source) },
            Self::ShuttingDown { .. } => Self::ShuttingDown { shard },
        }
    }
}

/// Diesel's errors can't be cloned; what is known of one is its kind and its words.
fn echo(error: &QueryError) -> QueryError {
    match error {
        QueryError::DatabaseError(kind, information) => {
            QueryError::DatabaseError(*kind, Box::new(information.message().to_owned()))
        }
        QueryError::BrokenTransactionManager => QueryError::BrokenTransactionManager,
        QueryError::RollbackErrorOnCommit { commit_error, .. } => echo(commit_error),
        other => QueryError::QueryBuilderError(other.to_string().into()),
    }
}
