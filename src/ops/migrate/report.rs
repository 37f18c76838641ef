use std::time::Duration;

use super::MigrateError;
use crate::key::ShardId;

/// One migration applied by this run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// Its version.
    pub version: String,
    /// Its directory's name.
    pub name: String,
    /// How long it took.
    pub took: Duration,
}

/// What a run did to one shard.
#[derive(Debug)]
pub struct ShardReport {
    /// The shard.
    pub shard: ShardId,
    /// What was applied, in order; also if a later one failed.
    pub applied: Vec<Step>,
    /// Why it stopped, if it did.
    pub error: Option<MigrateError>,
}
