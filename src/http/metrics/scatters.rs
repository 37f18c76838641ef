use prometheus::{HistogramVec, IntCounterVec};

use super::registry::Families;
use crate::{
    key::KeyspaceName,
    shard::{Observer, Scatter},
};

/// What is counted of calls to all shards of a keyspace.
pub(super) struct Scatters {
    fan_out: HistogramVec,
    durations: HistogramVec,
    partial: IntCounterVec,
    missing: IntCounterVec,
}

impl Scatters {
    pub(super) fn new(families: &Families) -> Self {
        Self {
            fan_out: families.amounts(
                "shardwright_scatter_fan_out_shards",
                "How many shards a scatter asked.",
                &["keyspace"],
                &[1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0],
            ),
            durations: families.seconds(
                "shardwright_scatter_duration_seconds",
                "How long it took until the last shard answered.",
                &["keyspace"],
            ),
            partial: families.counters(
                "shardwright_scatter_partial_total",
                "Scatters that at least one shard did not answer.",
                &["keyspace"],
            ),
            missing: families.counters(
                "shardwright_scatter_missing_shards_total",
                "Shards that did not answer a scatter.",
                &["keyspace"],
            ),
        }
    }
}

impl Observer for Scatters {
    fn scattered(&self, keyspace: &KeyspaceName, scatter: &Scatter) {
        let keyspace = [keyspace.as_str()];
        let asked = u32::try_from(scatter.asked).unwrap_or(u32::MAX);
        self.fan_out.with_label_values(&keyspace).observe(asked.into());
        self.durations.with_label_values(&keyspace).observe(scatter.took.as_secs_f64());
        // Made with the first scatter, so that the first partial one is an increase.
        let (partial, missing) =
            (self.partial.with_label_values(&keyspace), self.missing.with_label_values(&keyspace));
        if scatter.missing > 0 {
            partial.inc();
            missing.inc_by(scatter.missing as u64);
        }
    }
}
