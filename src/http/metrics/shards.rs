use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec};

use super::registry::Families;
use crate::{
    key::ShardId,
    shard::{Access, BreakerState, Call, Failure, Observer, ShardObserver},
};

/// What is counted for each shard.
#[derive(Clone)]
pub(super) struct ShardMeters {
    calls: HistogramVec,
    queries: HistogramVec,
    permits: HistogramVec,
    connections: HistogramVec,
    batches: HistogramVec,
    failures: IntCounterVec,
    openings: IntCounterVec,
}

impl ShardMeters {
    pub(super) fn new(families: &Families) -> Self {
        Self {
            calls: families.seconds(
                "shardwright_shard_call_duration_seconds",
                "How long calls to a shard took, all waiting included; not those refused at once.",
                &["shard", "access"],
            ),
            queries: families.seconds(
                "shardwright_shard_query_duration_seconds",
                "How long the database took, with the transaction if there was one.",
                &["shard", "access"],
            ),
            permits: families.seconds(
                "shardwright_shard_permit_wait_seconds",
                "How long calls waited for their turn on a shard.",
                &["shard"],
            ),
            connections: families.seconds(
                "shardwright_shard_connection_wait_seconds",
                "How long it took to have a connection that is fit to use.",
                &["shard"],
            ),
            batches: families.amounts(
                "shardwright_shard_batch_rows",
                "How many single-row calls went together as one statement.",
                &["shard", "access"],
                &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0],
            ),
            failures: families.counters(
                "shardwright_shard_failures_total",
                "Calls that failed, by what befell them.",
                &["shard", "class"],
            ),
            openings: families.counters(
                "shardwright_shard_breaker_opened_total",
                "How often the shard's breaker has opened.",
                &["shard"],
            ),
        }
    }
}

impl Observer for ShardMeters {
    fn shard(&self, shard: &ShardId) -> Option<Arc<dyn ShardObserver>> {
        let failures = Failure::ALL
            .map(|class| self.failures.with_label_values(&[shard.as_str(), class.name()]));
        Some(Arc::new(ShardMeter {
            permits: self.permits.with_label_values(&[shard.as_str()]),
            connections: self.connections.with_label_values(&[shard.as_str()]),
            openings: self.openings.with_label_values(&[shard.as_str()]),
            failures,
            kinds: Default::default(),
            shard: shard.clone(),
            meters: self.clone(),
        }))
    }
}

/// One shard's series, looked up once.
struct ShardMeter {
    permits: Histogram,
    connections: Histogram,
    openings: IntCounter,
    failures: [IntCounter; Failure::ALL.len()],
    kinds: [Kind; 4],
    shard: ShardId,
    meters: ShardMeters,
}

/// The series of one kind of call, made when there is a first one.
#[derive(Default)]
struct Kind {
    calls: OnceLock<Histogram>,
    queries: OnceLock<Histogram>,
    batches: OnceLock<Histogram>,
}

impl ShardMeter {
    fn series<'a>(
        &'a self,
        access: Access,
        of: impl FnOnce(&'a Kind) -> &'a OnceLock<Histogram>,
        family: &HistogramVec,
    ) -> &'a Histogram {
        let made = || family.with_label_values(&[self.shard.as_str(), access.name()]);
        of(&self.kinds[access as usize]).get_or_init(made)
    }
}

impl ShardObserver for ShardMeter {
    fn had_turn(&self, _: Access, waited: Duration) {
        self.permits.observe(waited.as_secs_f64());
    }

    fn had_connection(&self, _: Access, waited: Duration) {
        self.connections.observe(waited.as_secs_f64());
    }

    fn ran(&self, access: Access, took: Duration) {
        let queries = self.series(access, |kind| &kind.queries, &self.meters.queries);
        queries.observe(took.as_secs_f64());
    }

    fn batched(&self, access: Access, calls: usize) {
        let batches = self.series(access, |kind| &kind.batches, &self.meters.batches);
        batches.observe(u32::try_from(calls).unwrap_or(u32::MAX).into());
    }

    fn called(&self, call: &Call) {
        let calls = self.series(call.access, |kind| &kind.calls, &self.meters.calls);
        if let Err(failure) = call.outcome {
            self.failures[failure as usize].inc();
            if failure.is_immediate() {
                return;
            }
        }
        calls.observe(call.took().as_secs_f64());
    }

    fn breaker(&self, state: BreakerState) {
        if state == BreakerState::Open {
            self.openings.inc();
        }
    }
}
