use std::time::Duration;

use futures::future::join_all;

use crate::{
    cluster::ShardedDb,
    config::Backend,
    key::ShardId,
    shard::{BreakerState, Connect, Shard, ShardError},
};

/// How long a shard has to answer: the whole check is done within a second.
const PATIENCE: Duration = Duration::from_millis(800);

/// Checks shards' health.
#[derive(Debug, Clone)]
pub struct Checkup<C: Connect> {
    db: ShardedDb<C>,
}

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
}

impl<C: Connect> Checkup<C> {
    /// A checkup of these shards.
    #[must_use]
    pub fn new(db: ShardedDb<C>) -> Self {
        Self { db }
    }

    /// Asks every shard, side by side; answers within a second whatever they do.
    pub async fn run(&self) -> Vec<ShardHealth> {
        join_all(self.db.shards().iter().map(check)).await
    }
}

/// Asks one shard.
pub(super) async fn check<C: Connect>(shard: &Shard<C>) -> ShardHealth {
    let answer = shard.probe(PATIENCE).await;
    let state = shard.state();
    let healthy = |latency| Health::Healthy {
        size: state.size,
        idle: state.idle,
        latency,
        breaker: state.breaker,
    };
    let health = match answer {
        Ok(latency) => healthy(latency),
        Err(ShardError::Refused { reason, .. }) => {
            Health::Unhealthy { error: format!("refused: {reason}"), refused: true }
        }
        Err(error) => Health::Unhealthy { error: error.reason().to_owned(), refused: false },
    };
    ShardHealth { shard: shard.id().clone(), backend: shard.backend(), health }
}
