use std::time::Duration;

use chrono::{DateTime, Utc};

use crate::{config::Backend, key::ShardId, shard::BreakerState};

/// One shard's health.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShardHealth {
    /// The shard.
    pub shard: ShardId,
    /// Its kind.
    pub backend: Backend,
    /// How it is.
    pub health: Health,
}

/// How a shard is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Health {
    /// It answers.
    Healthy {
        /// Connections in its pool.
        size: u32,
        /// Those of them nobody uses.
        idle: u32,
        /// How long the check took; `None` if the shard was too busy answering
        /// requests to be checked.
        latency: Option<Duration>,
        /// What its breaker does with requests.
        breaker: BreakerState,
    },
    /// It does not, or must not.
    Unhealthy {
        /// Why, in words that may leave the house.
        error: String,
        /// Whether it answered and was refused: a matter of configuration or
        /// migration, which waiting does not mend.
        refused: bool,
    },
}

/// One shard as a [`Monitor`](super::Monitor) has seen it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watched {
    /// How it is, as far as is known.
    pub current: ShardHealth,
    /// Since when it is up, down or refused.
    pub since: DateTime<Utc>,
    /// When it was last probed.
    pub checked: DateTime<Utc>,
    /// How often it has changed between up, down and refused.
    pub transitions: u64,
}

impl ShardHealth {
    /// Whether requests to it can succeed.
    #[must_use]
    pub fn is_healthy(&self) -> bool {
        matches!(self.health, Health::Healthy { .. })
    }

    /// Whether the database answers, fit to serve or not.
    #[must_use]
    pub fn answers(&self) -> bool {
        !matches!(self.health, Health::Unhealthy { refused: false, .. })
    }

    /// Whether it answered and was refused.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        matches!(self.health, Health::Unhealthy { refused: true, .. })
    }
}
