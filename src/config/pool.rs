use std::time::Duration;

use super::{Problems, section::Section};

/// The most connections one pool, or all of them, may have: far above what one
/// server bears.
pub(super) const MOST: i64 = 10_000;

/// How a shard's connections are kept and waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolSettings {
    /// The most connections, and so the most queries at a time on this shard.
    pub max_size: u32,
    /// Connections opened ahead of need, and again when they were lost.
    pub min_idle: u32,
    /// How long a request waits for its turn on the shard.
    pub acquire_timeout: Duration,
    /// How long opening a connection may take.
    pub connect_timeout: Duration,
    /// How long one statement may run; Postgres ends it after that.
    pub statement_timeout: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            max_size: 8,
            min_idle: 0,
            acquire_timeout: Duration::from_secs(2),
            connect_timeout: Duration::from_secs(3),
            statement_timeout: Duration::from_secs(10),
        }
    }
}

impl PoolSettings {
    /// Reads what the section gives; the rest stays as it is in `self`.
    pub(super) fn overridden(&self, section: &mut Section<'_>, problems: &mut Problems) -> Self {
        let size = |n: i64| u32::try_from(n).unwrap_or(u32::MAX);
        let max_size = section.int("max_size", 1..=MOST, problems).map_or(self.max_size, size);
        let min_idle = section.int("min_idle", 0..=MOST, problems).map_or(self.min_idle, size);
        let mut time = |key, inherited| section.duration(key, problems).unwrap_or(inherited);
        Self {
            max_size,
            min_idle,
            acquire_timeout: time("acquire_timeout", self.acquire_timeout),
            connect_timeout: time("connect_timeout", self.connect_timeout),
            statement_timeout: time("statement_timeout", self.statement_timeout),
        }
    }

    /// How many connections the shard is sure of where all shards share a
    /// budget: without at least one, a neighbour that hangs could leave it none.
    #[must_use]
    pub fn minimum(&self) -> u32 {
        self.min_idle.max(1)
    }

    /// Whether the two sizes go together.
    pub(super) fn check(&self, path: String, problems: &mut Problems) {
        let Self { max_size, min_idle, .. } = self;
        if min_idle > max_size {
            problems.add(path, format!("{min_idle} is more than max_size, which is {max_size}"));
        }
    }
}
