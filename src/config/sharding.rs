use std::time::Duration;

use super::{
    AuthSettings, HealthSettings, KeyspaceSettings, RateLimit, ShardSettings, TelemetrySettings,
};

/// Everything under `[sharding]`, validated.
#[derive(Debug, Clone)]
pub struct Sharding {
    /// Whether pending migrations run when the service starts, or refuse the start.
    pub migrate_on_start: bool,
    /// How long a request may take before it is answered 503.
    pub deadline: Duration,
    /// How shards are watched.
    pub health: HealthSettings,
    /// Who may call the service.
    pub auth: AuthSettings,
    /// How much one tenant may ask for; without it, as much as there is.
    pub rate_limit: Option<RateLimit>,
    /// What is told of requests and calls.
    pub telemetry: TelemetrySettings,
    /// The most connections of all pools together; without it, each pool's
    /// `max_size` is its only limit. Idle connections are lent to the shard that
    /// needs them, down to each shard's [minimum](super::PoolSettings::minimum).
    /// Connections outside the pools (migrations have one a shard) don't count.
    pub max_total: Option<u32>,
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
            auth: AuthSettings::default(),
            rate_limit: None,
            telemetry: TelemetrySettings::default(),
            max_total: None,
            shards: Vec::new(),
            keyspaces: Vec::new(),
        }
    }
}

impl Sharding {
    /// How many threads can be busy on shards at once: the sum of all pools, or
    /// `max_total` if that is less.
    #[must_use]
    pub fn connections(&self) -> usize {
        let pools = self.shards.iter().map(|shard| shard.pool.max_size as usize).sum();
        self.max_total.map_or(pools, |total| pools.min(total as usize))
    }
}
