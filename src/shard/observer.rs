use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use super::{Access, BreakerState, Failure};
use crate::key::{KeyspaceName, ShardId};

/// Is told what happens to calls: for metrics, dashboards and tests. Handed over
/// when a cluster is built ([`Builder::observer`](crate::cluster::Builder::observer)).
///
/// Every hook does nothing unless it is implemented, and a cluster without an
/// observer looks at no clock for one. Hooks are called where the work is done, on
/// the caller's task or the shard's thread, with a permit or a connection held: they
/// must not block, and should cost no more than a few atomic additions.
///
/// # Examples
/// ```
/// use std::sync::{
///     Arc,
///     atomic::{AtomicU64, Ordering},
/// };
/// use diesel::{SqliteConnection, r2d2::R2D2Connection};
/// use shardwright::cluster::ShardedDb;
/// use shardwright::key::ShardId;
/// use shardwright::shard::{Call, Observer, ShardObserver};
///
/// #[derive(Default)]
/// struct Count(AtomicU64);
/// struct Counter(Arc<Count>);
///
/// impl Observer for Counter {
///     fn shard(&self, _: &ShardId) -> Option<Arc<dyn ShardObserver>> {
///         Some(self.0.clone())
///     }
/// }
/// impl ShardObserver for Count {
///     fn called(&self, _: &Call) {
///         self.0.fetch_add(1, Ordering::Relaxed);
///     }
/// }
///
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/a.db", folder.path().display());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let count = Arc::new(Count::default());
/// let db = ShardedDb::<SqliteConnection>::builder()
///     .shard("shard-0", &url)?
///     .observer(Arc::new(Counter(count.clone())))
///     .build()?;
///
/// db.on(&ShardId::new("shard-0")?, |conn| conn.ping()).await?;
/// assert_eq!(count.0.load(Ordering::Relaxed), 1);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Observer: Send + Sync + 'static {
    /// Who is told of that shard. Asked once for each, when the cluster is built, so
    /// that nothing has to be looked up while calls are made.
    fn shard(&self, shard: &ShardId) -> Option<Arc<dyn ShardObserver>> {
        let _ = shard;
        None
    }

    /// Every shard of a keyspace was asked, and answered or did not.
    fn scattered(&self, keyspace: &KeyspaceName, scatter: &Scatter) {
        let _ = (keyspace, scatter);
    }
}

/// Is told what happens on one shard. Probes are no calls: only what the breaker
/// makes of them is told.
pub trait ShardObserver: Send + Sync + 'static {
    /// A call has its turn, after so long: a permit, or a place in a batch that has one.
    fn had_turn(&self, access: Access, waited: Duration) {
        let _ = (access, waited);
    }

    /// A permit's holder has a connection that is fit to use, after so long; calls that
    /// are made as one need one between them.
    fn had_connection(&self, access: Access, waited: Duration) {
        let _ = (access, waited);
    }

    /// A closure, or the statement of a batch, was run on the database, with its
    /// transaction if it had one; it may have failed.
    fn ran(&self, access: Access, took: Duration) {
        let _ = (access, took);
    }

    /// So many calls were made as one.
    fn batched(&self, access: Access, calls: usize) {
        let _ = (access, calls);
    }

    /// A call is over, as its caller sees it.
    fn called(&self, call: &Call) {
        let _ = call;
    }

    /// The breaker has opened, or has closed again. That an open one has become
    /// half-open is a matter of time, and not told.
    fn breaker(&self, state: BreakerState) {
        let _ = state;
    }
}

/// A call that is over: from when it was asked for to when its caller heard. One whose
/// caller went away is not told of.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Call {
    /// What kind of call it was.
    pub access: Access,
    /// When it was asked for.
    pub began: Instant,
    /// When it was over.
    pub ended: Instant,
    /// What became of it.
    pub outcome: Result<(), Failure>,
}

impl Call {
    /// How long it took, all waiting included.
    #[must_use]
    pub fn took(&self) -> Duration {
        self.ended.saturating_duration_since(self.began)
    }
}

/// A scatter that is over.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Scatter {
    /// How many shards were asked.
    pub asked: usize,
    /// How many of them did not answer.
    pub missing: usize,
    /// How long the slowest took.
    pub took: Duration,
}
