//! What a failed call to the cluster means to a client.

use std::time::Duration;

use super::{Problem, ProblemKind, missing};
use crate::{
    cluster::{Error, merge::MergeError},
    routing::RouteError,
    shard::{Fault, ShardError, Trouble, Wait},
};

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        match error {
            Error::Route { keyspace, field, source } => {
                let field = match &source {
                    RouteError::RegionRequired | RouteError::UnknownRegion { .. } => "region",
                    _ => field,
                };
                Self::invalid_field(field, source.to_string()).with("keyspace", keyspace.as_str())
            }
            Error::UnknownKeyspace { .. } | Error::UnknownShard { .. } => {
                Self::not_found(error.to_string())
            }
            Error::Shard(error) => of_shard(error),
            Error::Incomplete(incomplete) => {
                let advice = match incomplete.answered {
                    0 => "no shard answered; ask again",
                    _ => "ask again",
                };
                let detail = format!("{incomplete}; {advice}");
                Self::unavailable(ProblemKind::Incomplete, "The answer would be incomplete", detail)
                    .with("missing", missing::views(&incomplete.missing))
                    .caused_by(incomplete)
            }
            Error::Merge(_) | Error::StrayRoute { .. } => Self::internal(error),
        }
    }
}

impl From<MergeError> for Problem {
    fn from(error: MergeError) -> Self {
        Error::from(error).into()
    }
}

fn of_shard(error: ShardError) -> Problem {
    let shard = error.shard().to_string();
    let (kind, title, words, wait) = match &error {
        ShardError::Busy { .. } | ShardError::Timeout { wait: Wait::Permit, .. } => {
            (ProblemKind::Busy, "Busy", "is busy", 1)
        }
        ShardError::Open { retry_after, trouble, .. } => {
            (ProblemKind::Unavailable, "Unavailable", trouble.words(), retry_after.as_secs() + 1)
        }
        ShardError::Connect { source, .. } => {
            (ProblemKind::Unavailable, "Unavailable", Trouble::of(source).words(), 1)
        }
        ShardError::Silent { .. } => {
            (ProblemKind::Unavailable, "Unavailable", Trouble::Silent.words(), 1)
        }
        ShardError::Refused { .. } => {
            (ProblemKind::Refused, "Unavailable", "is not fit to serve", 5)
        }
        ShardError::Timeout { .. } => {
            (ProblemKind::Timeout, "Timed out", "did not answer in time", 1)
        }
        ShardError::ShuttingDown { .. } => {
            (ProblemKind::Unavailable, "Unavailable", "is shutting down", 1)
        }
        ShardError::Query { source, .. } => match Fault::of(source) {
            Fault::Connection => {
                (ProblemKind::Unavailable, "Unavailable", "lost the connection", 1)
            }
            Fault::StatementTimeout => (ProblemKind::Timeout, "Timed out", "took too long", 1),
            Fault::Contention => (ProblemKind::Busy, "Busy", "is busy", 1),
            Fault::StalePlan => (ProblemKind::Busy, "Busy", "is changing its schema", 1),
            Fault::ReadOnly => {
                (ProblemKind::Unavailable, "Unavailable", "takes no writes at present", 5)
            }
            Fault::Statement => return Problem::internal(error),
        },
    };
    let problem = Problem::unavailable(kind, title, format!("shard {shard} {words}; try again"))
        .retry_after(Duration::from_secs(wait))
        .with("shard", shard);
    let problem = match wait_of(&error) {
        Some(wait) => problem.with("waited_for", wait.name()),
        None => problem,
    };
    match error {
        // The breaker said so when it opened; a line for each request would be
        // a flood just when the log is needed.
        ShardError::Open { .. } => problem,
        error => problem.caused_by(error),
    }
}

/// Which wait it was that took too long.
fn wait_of(error: &ShardError) -> Option<Wait> {
    match error {
        ShardError::Busy { .. } => Some(Wait::Permit),
        ShardError::Timeout { wait, .. } => Some(*wait),
        ShardError::Query { source, .. } => {
            (Fault::of(source) == Fault::StatementTimeout).then_some(Wait::Statement)
        }
        _ => None,
    }
}
