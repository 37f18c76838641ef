use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use super::{latencies::Latencies, rate::Rate};
use crate::{
    key::ShardId,
    shard::{Call, Failure, Observer, ShardObserver},
};

/// How much goes to each shard and how long it takes, of late: for who looks at it now.
/// Clones share what they know.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use shardwright::http::Traffic;
/// use shardwright::shard::Observer;
/// use shardwright::key::ShardId;
///
/// let traffic = Traffic::default();
/// traffic.shard(&ShardId::new("shard-0")?);
/// let shards = traffic.snapshot();
/// assert_eq!((shards[0].calls, shards[0].p99), (0, None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Traffic {
    started: Instant,
    shards: Arc<Mutex<Vec<Arc<Lane>>>>,
}

/// One shard's.
#[derive(Debug)]
struct Lane {
    shard: ShardId,
    started: Instant,
    calls: AtomicU64,
    failures: AtomicU64,
    rate: Rate,
    latencies: Latencies,
}

/// One shard's traffic at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct ShardTraffic {
    /// The shard.
    pub shard: ShardId,
    /// Calls so far, failed ones too.
    pub calls: u64,
    /// How many of them failed.
    pub failures: u64,
    /// Calls per second, over the last ten whole seconds.
    pub per_second: f64,
    /// What half of the calls of the last minute did not exceed, all waiting included;
    /// `None` if there were none. Calls that were refused at once are left out.
    pub p50: Option<Duration>,
    /// What 99 of 100 did not exceed.
    pub p99: Option<Duration>,
}

impl Default for Traffic {
    fn default() -> Self {
        Self { started: Instant::now(), shards: Arc::default() }
    }
}

impl Traffic {
    /// How it is now; the shards in the order of the cluster. Empty if no cluster was
    /// built with it.
    #[must_use]
    pub fn snapshot(&self) -> Vec<ShardTraffic> {
        self.snapshot_at(Instant::now())
    }

    fn snapshot_at(&self, now: Instant) -> Vec<ShardTraffic> {
        self.shards().iter().map(|lane| lane.traffic(now)).collect()
    }

    /// Only who builds a cluster or looks at it comes here.
    fn shards(&self) -> MutexGuard<'_, Vec<Arc<Lane>>> {
        self.shards.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Traffic {
    fn shard(&self, shard: &ShardId) -> Option<Arc<dyn ShardObserver>> {
        let lane = Arc::new(Lane {
            shard: shard.clone(),
            started: self.started,
            calls: AtomicU64::new(0),
            failures: AtomicU64::new(0),
            rate: Rate::default(),
            latencies: Latencies::default(),
        });
        self.shards().push(Arc::clone(&lane));
        Some(lane)
    }
}

impl ShardObserver for Lane {
    fn called(&self, call: &Call) {
        let second = self.second(call.ended);
        self.calls.fetch_add(1, Ordering::Relaxed);
        self.rate.count(second);
        if call.outcome.is_err() {
            self.failures.fetch_add(1, Ordering::Relaxed);
        }
        // Or a dead shard would look like the quickest.
        if !call.outcome.is_err_and(Failure::is_immediate) {
            self.latencies.count(second, call.took());
        }
    }
}

impl Lane {
    fn second(&self, at: Instant) -> u64 {
        at.saturating_duration_since(self.started).as_secs()
    }

    fn traffic(&self, now: Instant) -> ShardTraffic {
        let second = self.second(now);
        let [p50, p99] = self.latencies.percentiles(second, [50, 99]);
        ShardTraffic {
            shard: self.shard.clone(),
            calls: self.calls.load(Ordering::Relaxed),
            failures: self.failures.load(Ordering::Relaxed),
            per_second: self.rate.per_second(second),
            p50,
            p99,
        }
    }
}
