use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Access, BreakerState, Call, Failure, Observer, ShardError, ShardObserver};
use crate::{config::TelemetrySettings, key::ShardId};

/// What shards tell of themselves, and whom.
#[derive(Clone, Default)]
pub struct Telemetry {
    /// Those who are told of calls.
    pub observers: Vec<Arc<dyn Observer>>,
    /// Whether there are spans, and which statements are slow.
    pub settings: TelemetrySettings,
}

/// One shard's part of it.
pub(super) struct Teller {
    pub(super) shard: ShardId,
    observers: Box<[Arc<dyn ShardObserver>]>,
    pub(super) settings: TelemetrySettings,
}

impl Teller {
    pub(super) fn new(telemetry: &Telemetry, shard: &ShardId) -> Self {
        let observers = telemetry.observers.iter().filter_map(|observer| observer.shard(shard));
        let (shard, observers) = (shard.clone(), observers.collect());
        Self { shard, observers, settings: telemetry.settings.clone() }
    }

    /// The time, if there is anyone to be told it.
    pub(super) fn clock(&self) -> Option<Instant> {
        (!self.observers.is_empty()).then(Instant::now)
    }

    pub(super) fn had_turn(&self, access: Access, asked: Option<Instant>, now: Instant) {
        let Some(asked) = asked else { return };
        let waited = now.saturating_duration_since(asked);
        self.each(|observer| observer.had_turn(access, waited));
    }

    pub(super) fn had_connection(&self, access: Access, waited: Duration) {
        self.each(|observer| observer.had_connection(access, waited));
    }

    pub(super) fn ran(&self, access: Access, took: Duration) {
        self.each(|observer| observer.ran(access, took));
    }

    pub(super) fn batched(&self, access: Access, calls: usize) {
        self.each(|observer| observer.batched(access, calls));
    }

    pub(super) fn called<T>(
        &self,
        access: Access,
        began: Option<Instant>,
        outcome: &Result<T, ShardError>,
    ) {
        let (Some(began), Some(ended)) = (began, self.clock()) else { return };
        let outcome = outcome.as_ref().map(drop).map_err(Failure::of);
        let call = Call { access, began, ended, outcome };
        self.each(|observer| observer.called(&call));
    }

    pub(super) fn breaker(&self, state: BreakerState) {
        self.each(|observer| observer.breaker(state));
    }

    fn each(&self, tell: impl Fn(&dyn ShardObserver)) {
        self.observers.iter().for_each(|observer| tell(&**observer));
    }
}
