use std::time::Duration;

use super::{ShardReport, Step};
use crate::key::ShardId;

/// Told of what happens while it happens. Every method does nothing unless
/// overridden, is called on the thread that does the work, and must not block.
pub trait Progress: Send + Sync {
    /// A shard is begun, with this many steps to do.
    fn started(&self, _shard: &ShardId, _steps: usize) {}

    /// Another process is migrating the shard; this one waits for it.
    fn locked_out(&self, _shard: &ShardId) {}

    /// A migration is begun.
    fn beginning(&self, _shard: &ShardId, _migration: &str) {}

    /// It timed out on a lock and is tried again after the wait.
    fn retrying(&self, _shard: &ShardId, _migration: &str, _tried: u32, _wait: Duration) {}

    /// A step is done.
    fn done(&self, _shard: &ShardId, _step: &Step) {}

    /// A shard is finished, one way or another.
    fn finished(&self, _report: &ShardReport) {}
}

/// Nobody is told.
impl Progress for () {}
