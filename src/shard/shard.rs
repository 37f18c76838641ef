use std::{
    fmt,
    sync::{Arc, atomic::AtomicU64},
    time::{Duration, Instant},
};

use scheduled_thread_pool::ScheduledThreadPool;

use super::{
    Admission, Breaker, BreakerState, Connect, Session, Share, Telemetry, coalesce::Lanes,
    core::Core, crew::Crew, opener::Opener, permit::Permits, slot::Places, slow::SlowQueries,
    teller::Teller,
};
use crate::{
    config::{Backend, PoolSettings, ShardSettings},
    key::ShardId,
};

/// What a call does, and so what it needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Access {
    /// Reads, outside a transaction.
    Read,
    /// Writes by one statement, which is a transaction by itself.
    Insert,
    /// Writes, in one transaction.
    Write,
    /// An operator's call: let through to a database that is not fit to serve.
    Operate,
}

impl Access {
    /// Its name, as metrics know it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Insert => "insert",
            Self::Write => "write",
            Self::Operate => "operate",
        }
    }

    /// Whether rows may be changed, as far as the kind of call tells.
    pub(super) fn writes(self) -> bool {
        matches!(self, Self::Insert | Self::Write)
    }
}

/// One database of a cluster.
pub struct Shard<C: Connect> {
    pub(super) core: Arc<Core<C>>,
    pub(super) permits: Permits,
    pub(super) breaker: Breaker,
    pub(super) lanes: Lanes,
    pub(super) crew: Crew,
    pub(super) pool: PoolSettings,
    backend: Backend,
}

impl<C: Connect> Shard<C> {
    /// A shard, without touching its database yet; with a share, if its
    /// connections are counted together with others'. No statement of a request
    /// outlives `deadline`, even if this process does not see to it.
    #[must_use]
    pub fn new(
        settings: &ShardSettings,
        deadline: Duration,
        admission: Option<Admission<C>>,
        share: Option<Share>,
        telemetry: &Telemetry,
    ) -> Self {
        let pool = settings.pool.clone();
        let backend = settings.url.backend();
        let places = r2d2::Pool::builder()
            .max_size(pool.max_size)
            .min_idle(Some(0))
            .test_on_check_out(false)
            .thread_pool(Arc::new(retirement(&settings.id)))
            .build_unchecked(Places::new());
        let core = Arc::new(Core {
            id: settings.id.clone(),
            places,
            opener: Opener::new(
                &settings.id,
                settings.url.clone(),
                Session::serving(&pool).ending_by(deadline),
                SlowQueries::new(settings.id.clone(), telemetry.settings.slow_query),
            ),
            admission,
            teller: Teller::new(telemetry, &settings.id),
            share,
            started: Instant::now(),
            answered: AtomicU64::new(0),
        });
        if let Some(share) = &core.share {
            // What the shards share must not keep them alive.
            let core = Arc::downgrade(&core);
            share.lend_by(move || core.upgrade().is_some_and(|core| core.give_up_one()));
        }
        Self {
            permits: Permits::new(pool.max_size, backend == Backend::Sqlite, core.share.clone()),
            lanes: Lanes::default(),
            crew: Crew::new(format!("shard-{}", core.id), pool.max_size as usize),
            core,
            breaker: Breaker::default(),
            pool,
            backend,
        }
    }

    /// Its name.
    #[must_use]
    pub fn id(&self) -> &ShardId {
        &self.core.id
    }

    /// What kind of database it is.
    #[must_use]
    pub fn backend(&self) -> Backend {
        self.backend
    }

    /// The pool and the breaker as they are now.
    #[must_use]
    pub fn state(&self) -> PoolState {
        let (size, idle) = match &self.core.share {
            Some(share) => share.connections(),
            None => {
                let places = self.core.places.state();
                (places.connections, places.idle_connections)
            }
        };
        PoolState {
            size,
            idle,
            permits: self.permits.free(),
            pending: self.permits.pending() + self.lanes.queued(),
            max_size: self.pool.max_size,
            breaker: self.breaker.state(Instant::now()),
            trips: self.breaker.trips(),
            answered: self.core.since_answer(),
        }
    }

    /// Takes no more calls; those under way run to their end.
    pub fn close(&self) {
        self.permits.close();
    }
}

/// Retires idle connections; each shard has its own, so that one whose connections
/// are slow to close holds up no other.
fn retirement(shard: &ShardId) -> ScheduledThreadPool {
    let name = format!("pool-{shard}-{{}}");
    ScheduledThreadPool::builder().num_threads(1).thread_name_pattern(&name).build()
}

impl<C: Connect> fmt::Debug for Shard<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Shard").field("id", self.id()).field("state", &self.state()).finish()
    }
}

/// A shard's pool and breaker at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PoolState {
    /// Connections there are.
    pub size: u32,
    /// Connections nobody uses.
    pub idle: u32,
    /// Calls that could begin right now.
    pub permits: usize,
    /// Calls that wait for their turn.
    pub pending: usize,
    /// The most connections there may be.
    pub max_size: u32,
    /// What the breaker does with calls.
    pub breaker: BreakerState,
    /// How often the breaker has opened.
    pub trips: u64,
    /// How long ago the database last answered, if it ever did.
    pub answered: Option<Duration>,
}
