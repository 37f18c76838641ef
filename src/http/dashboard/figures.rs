use std::time::Duration;

use chrono::{DateTime, Utc};

use super::sources::Sources;
use crate::{
    key::ShardId,
    ops::{Health, Watched},
    shard::{PoolState, Shard, ShardConnection},
};

/// How one shard is at this moment.
pub(super) struct Figures {
    pub(super) shard: ShardId,
    pub(super) state: State,
    pub(super) since: DateTime<Utc>,
    pub(super) pool: PoolState,
    /// None of these if nothing is measured.
    pub(super) per_second: Option<f64>,
    pub(super) p50: Option<Duration>,
    pub(super) p99: Option<Duration>,
}

/// Whether it serves, and why not.
#[derive(Clone)]
pub(super) enum State {
    Up,
    Down(String),
    Refused(String),
}

impl Figures {
    /// Of all shards, in their order. Asks none of them.
    pub(super) fn gather(from: Sources<'_>) -> Vec<Self> {
        let traffic = from.traffic.snapshot();
        let watched = from.monitor.snapshot();
        let one = |(watched, shard): (&Watched, &Shard<ShardConnection>)| {
            let own = traffic.iter().find(|traffic| traffic.shard == *shard.id());
            Self {
                shard: shard.id().clone(),
                state: State::of(watched),
                since: watched.since,
                pool: shard.state(),
                per_second: own.map(|own| own.per_second),
                p50: own.and_then(|own| own.p50),
                p99: own.and_then(|own| own.p99),
            }
        };
        watched.iter().zip(from.db.shards()).map(one).collect()
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(self.state, State::Up)
    }
}

impl State {
    fn of(watched: &Watched) -> Self {
        match &watched.current.health {
            Health::Healthy { .. } => Self::Up,
            Health::Unhealthy { error, refused: true } => Self::Refused(error.clone()),
            Health::Unhealthy { error, refused: false } => Self::Down(error.clone()),
        }
    }

    /// In a word; the class of its mark as well.
    pub(super) fn word(&self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down(_) => "down",
            Self::Refused(_) => "refused",
        }
    }
}
