use prometheus::IntGaugeVec;

use super::registry::Families;
use crate::{
    cluster::ShardedDb,
    ops::{Inspector, Monitor},
    shard::{BreakerState, Connect},
};

/// What is so at one moment, read when it is asked for.
pub(super) struct Pools {
    up: IntGaugeVec,
    connections: IntGaugeVec,
    idle: IntGaugeVec,
    most: IntGaugeVec,
    permits: IntGaugeVec,
    pending: IntGaugeVec,
    breaker: IntGaugeVec,
    migrations: IntGaugeVec,
    drifted: IntGaugeVec,
}

const STATES: [(BreakerState, &str); 3] = [
    (BreakerState::Closed, "closed"),
    (BreakerState::Open, "open"),
    (BreakerState::HalfOpen, "half_open"),
];

impl Pools {
    pub(super) fn new(families: &Families) -> Self {
        let gauges = |name, help| families.gauges(name, help, &["shard"]);
        Self {
            up: gauges("shardwright_shard_up", "Whether the last probes found the shard healthy."),
            connections: gauges(
                "shardwright_shard_pool_connections",
                "Connections of the shard's pool that are open.",
            ),
            idle: gauges(
                "shardwright_shard_pool_idle_connections",
                "Connections of the shard's pool that nobody uses.",
            ),
            most: gauges(
                "shardwright_shard_pool_max_connections",
                "The most connections that the shard's pool may have.",
            ),
            permits: gauges(
                "shardwright_shard_permits_free",
                "Calls to the shard that could begin at once.",
            ),
            pending: gauges(
                "shardwright_shard_pending_calls",
                "Calls that wait for their turn on the shard.",
            ),
            migrations: gauges(
                "shardwright_migrations_pending",
                "Migrations that the shard still has to get, when it was last looked at.",
            ),
            drifted: gauges(
                "shardwright_schema_drifted",
                "Whether the shard's schema differs from the others', when it was last looked at.",
            ),
            breaker: families.gauges(
                "shardwright_shard_breaker_state",
                "1 for the state that the shard's breaker is in.",
                &["shard", "state"],
            ),
        }
    }

    pub(super) fn read<C: Connect>(
        &self,
        db: &ShardedDb<C>,
        monitor: &Monitor<C>,
        inspector: &Inspector,
    ) {
        let seen = inspector.snapshot();
        for shard in &seen.shards {
            // Of one that was never heard nothing is said, rather than that all is well.
            let Some(pending) = shard.pending() else { continue };
            let (id, drifted) = ([shard.shard.as_str()], seen.drift_of(&shard.shard).is_some());
            self.migrations.with_label_values(&id).set(count(pending));
            self.drifted.with_label_values(&id).set(drifted.into());
        }
        for watched in monitor.snapshot() {
            let up = self.up.with_label_values(&[watched.current.shard.as_str()]);
            up.set(watched.current.is_healthy().into());
        }
        for shard in db.shards() {
            let (id, state) = ([shard.id().as_str()], shard.state());
            self.connections.with_label_values(&id).set(state.size.into());
            self.idle.with_label_values(&id).set(state.idle.into());
            self.most.with_label_values(&id).set(state.max_size.into());
            self.permits.with_label_values(&id).set(count(state.permits));
            self.pending.with_label_values(&id).set(count(state.pending));
            for (which, name) in STATES {
                let is_it = i64::from(state.breaker == which);
                self.breaker.with_label_values(&[shard.id().as_str(), name]).set(is_it);
            }
        }
    }
}

fn count(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
