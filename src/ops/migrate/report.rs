use std::{fmt, time::Duration};

use super::MigrateError;
use crate::key::ShardId;

/// One migration applied or taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its version.
    pub version: String,
    /// Its directory's name.
    pub name: String,
    /// Which way it went.
    pub direction: Direction,
    /// How long it took, with any tries that timed out on a lock.
    pub took: Duration,
}

/// Which way a migration goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// It is applied.
    Up,
    /// It is taken back.
    Down,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Up => "applied",
            Self::Down => "reverted",
        })
    }
}

/// What a rollout did to one shard.
#[derive(Debug)]
pub struct ShardReport {
    /// The shard.
    pub shard: ShardId,
    /// What was done, in order; also if something later failed.
    pub steps: Vec<Step>,
    /// How it ended.
    pub outcome: Outcome,
}

/// How one shard's part of a rollout ended.
#[derive(Debug)]
pub enum Outcome {
    /// Everything asked for is done.
    Done,
    /// It stopped.
    Failed(MigrateError),
    /// It was never begun: another shard failed first, or a stop was asked for.
    NotStarted,
}

impl ShardReport {
    /// Whether everything asked for is done.
    #[must_use]
    pub fn is_done(&self) -> bool {
        matches!(self.outcome, Outcome::Done)
    }

    /// Why it stopped, if it did.
    #[must_use]
    pub fn error(&self) -> Option<&MigrateError> {
        match &self.outcome {
            Outcome::Failed(error) => Some(error),
            Outcome::Done | Outcome::NotStarted => None,
        }
    }

    /// Why it stopped, for keeps.
    #[must_use]
    pub fn into_error(self) -> Option<MigrateError> {
        match self.outcome {
            Outcome::Failed(error) => Some(error),
            Outcome::Done | Outcome::NotStarted => None,
        }
    }
}
