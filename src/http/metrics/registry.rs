use std::{fmt, sync::Arc};

use prometheus::{
    HistogramOpts, HistogramVec, IntCounterVec, IntGaugeVec, Opts, Registry, core::Collector,
};

use super::{pools::Pools, requests::RequestMeters, scatters::Scatters, shards::ShardMeters};
use crate::shard::Observer;

/// Upper ends of the buckets of every duration, in seconds.
const SECONDS: [f64; 14] =
    [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// Everything that is counted for Prometheus, in a registry of its own.
///
/// Names and units follow <https://prometheus.io/docs/practices/naming/>; no label has a
/// value that comes from a request.
pub(in crate::http) struct Metrics {
    pub(super) registry: Registry,
    pub(super) requests: Arc<RequestMeters>,
    pub(super) pools: Pools,
    shards: Arc<ShardMeters>,
    scatters: Arc<Scatters>,
}

impl Metrics {
    pub(in crate::http) fn new() -> Self {
        let families = Families(Registry::new());
        let build =
            families.gauges("shardwright_build_info", "The version that runs.", &["version"]);
        build.with_label_values(&[env!("CARGO_PKG_VERSION")]).set(1);
        Self {
            requests: Arc::new(RequestMeters::new(&families)),
            pools: Pools::new(&families),
            shards: Arc::new(ShardMeters::new(&families)),
            scatters: Arc::new(Scatters::new(&families)),
            registry: families.0,
        }
    }

    /// Those who are to be told what happens to calls.
    pub(in crate::http) fn observers(&self) -> [Arc<dyn Observer>; 2] {
        [self.shards.clone(), self.scatters.clone()]
    }

    /// What counts requests.
    pub(in crate::http) fn requests(&self) -> Arc<RequestMeters> {
        Arc::clone(&self.requests)
    }
}

impl fmt::Debug for Metrics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Metrics").finish_non_exhaustive()
    }
}

/// Makes families of series and enters them into the registry.
pub(super) struct Families(Registry);

impl Families {
    pub(super) fn counters(&self, name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
        self.enter(IntCounterVec::new(Opts::new(name, help), labels))
    }

    pub(super) fn gauges(&self, name: &str, help: &str, labels: &[&str]) -> IntGaugeVec {
        self.enter(IntGaugeVec::new(Opts::new(name, help), labels))
    }

    pub(super) fn seconds(&self, name: &str, help: &str, labels: &[&str]) -> HistogramVec {
        self.amounts(name, help, labels, &SECONDS)
    }

    pub(super) fn amounts(
        &self,
        name: &str,
        help: &str,
        labels: &[&str],
        buckets: &[f64],
    ) -> HistogramVec {
        let options = HistogramOpts::new(name, help).buckets(buckets.to_vec());
        self.enter(HistogramVec::new(options, labels))
    }

    fn enter<C: Collector + Clone + 'static>(&self, made: prometheus::Result<C>) -> C {
        let family = made.expect("names and labels are our own, and good");
        self.0.register(Box::new(family.clone())).expect("no two have one name");
        family
    }
}
