use std::time::Duration;

use super::{HealthSettings, KeyspaceSettings, ShardSettings};

/// Everything under `[sharding]`, validated.
#[derive(Debug, Clone)]
pub struct Sharding {
    /// Whether pending migrations run when the service starts, or refuse the start.
    pub migrate_on_start: bool,
    /// How long a request may take before it is answered 503.
    pub deadline: Duration,
    /// How shards are watched.
    pub health: HealthSettings,
    /// The shards, sorted by name.
    pub shards: Vec<ShardSettings>,
    /// The keyspaces, sorted by name.
    pub keyspaces: Vec<KeyspaceSettings>,
}

impl Default for Sharding {
    fn default() -> Self {
        Self {
            migrate_on_start: true,
            deadline: Duration::from_secs(5),
            health: HealthSettings::default(),
            shards: Vec::new(),
            keyspaces: Vec::new(),
        }
    }
}

impl Sharding {
    /// How many threads can be busy on shards at once: the sum of all pools.
    #[must_use]
    pub fn connections(&self) -> usize {
        self.shards.iter().map(|shard| shard.pool.max_size as usize).sum()
    }
}
