use std::time::Duration;

use chrono::{DateTime, Utc};
use tracing::{info, warn};

use super::{
    Finding, Health, ShardHealth, Watched,
    threshold::{State, Thresholds},
};
use crate::{
    key::ShardId,
    shard::{Connect, Shard},
};

/// What is remembered of one shard between two probes.
#[derive(Debug, Clone)]
pub(super) struct Record {
    pub(super) state: State,
    /// Of the latest probe that got through.
    latency: Option<Duration>,
    /// Why it is not up, if it is not.
    error: String,
    since: DateTime<Utc>,
    checked: DateTime<Utc>,
    transitions: u64,
}

impl Record {
    /// Of a shard of which nothing else is known, the first probe is believed.
    pub(super) fn first(finding: Finding) -> Self {
        let now = Utc::now();
        let mut record = Self {
            state: finding.state().unwrap_or(State::Down),
            latency: None,
            error: "shutting down".to_owned(),
            since: now,
            checked: now,
            transitions: 0,
        };
        record.keep(finding);
        record
    }

    /// Takes in one more probe; whether the state is another one now.
    pub(super) fn note(&mut self, thresholds: &mut Thresholds, finding: Finding) -> bool {
        let Some(seen) = finding.state() else { return false };
        self.checked = Utc::now();
        let changed = thresholds.note(seen);
        self.state = thresholds.state();
        // What is seen of a state it is not in yet says nothing about this one.
        if seen == self.state {
            self.keep(finding);
        }
        if changed {
            self.since = self.checked;
            self.transitions += 1;
        }
        changed
    }

    pub(super) fn announce(&self, shard: &ShardId) {
        match self.state {
            State::Up => info!(%shard, "the shard is healthy again"),
            State::Down | State::Refused => {
                warn!(%shard, reason = self.error, "the shard is unhealthy");
            }
        }
    }

    fn keep(&mut self, finding: Finding) {
        match finding {
            Finding::Up(latency) => self.latency = latency,
            Finding::Down(error) | Finding::Refused(error) => self.error = error,
            Finding::Closed => {}
        }
    }

    /// The shard's health; its pool and breaker as they are now.
    pub(super) fn health<C: Connect>(&self, shard: &Shard<C>) -> ShardHealth {
        let health = match self.state {
            State::Up => {
                let now = shard.state();
                let (size, idle, breaker) = (now.size, now.idle, now.breaker);
                Health::Healthy { size, idle, latency: self.latency, breaker }
            }
            state @ (State::Down | State::Refused) => {
                Health::Unhealthy { error: self.error.clone(), refused: state == State::Refused }
            }
        };
        ShardHealth { shard: shard.id().clone(), backend: shard.backend(), health }
    }

    pub(super) fn watched<C: Connect>(&self, shard: &Shard<C>) -> Watched {
        Watched {
            current: self.health(shard),
            since: self.since,
            checked: self.checked,
            transitions: self.transitions,
        }
    }
}

impl Finding {
    fn state(&self) -> Option<State> {
        match self {
            Self::Up(_) => Some(State::Up),
            Self::Down(_) => Some(State::Down),
            Self::Refused(_) => Some(State::Refused),
            Self::Closed => None,
        }
    }
}
