use std::{fmt, sync::Arc, time::Duration};

use chrono::Utc;
use futures::{StreamExt, stream};
use tokio::{
    sync::{Notify, watch},
    task::JoinSet,
    time::timeout,
};

use super::{Inspect, Inspected, Inspection, look::Look, visit::Visitor};
use crate::{
    cluster::ShardedDb,
    ops::{
        identity::Guard,
        migrate::{Source, compare},
        tables::KeyspaceTables,
    },
    shard::Connect,
};

/// How many shards are looked at at a time.
const AT_ONCE: usize = 8;

/// Looks at every shard again and again, so that what it holds is known at any time:
/// which migrations it has, whether its schema differs from the others', whether it is
/// the database it is taken for, and how many keys and rows each keyspace has there.
///
/// Unlike a [`Monitor`](super::super::Monitor), which only asks whether a shard answers,
/// it reads catalogs and counts rows. So it does that seldom, on one session of its own
/// a shard, outside the pool; a shard is counted for a hundredth of the time at most, and
/// large tables not at all. A shard that does not answer costs only itself, and one that
/// hangs is left alone until it has come back. Dropping the inspector ends it.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// # use diesel::connection::SimpleConnection;
/// use shardwright::cluster::ShardedDb;
/// use shardwright::ops::{Inspector, identity::Guard};
/// use shardwright::shard::ShardConnection;
/// use shardwright::store::{migrations, tables};
///
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/a.db", folder.path().display());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let db = ShardedDb::<ShardConnection>::builder().shard("shard-0", &url)?.build()?;
/// # let made = |conn: &mut ShardConnection| conn.batch_execute("CREATE TABLE mine (n BIGINT)");
/// # db.on(db.shards()[0].id(), made).await?;
/// let guard = Guard::new(db.keyspaces(), &[db.shards()[0].id().clone()]);
/// let every = Duration::from_secs(30);
/// let inspector =
///     Inspector::start(&db, &guard, migrations::source(), tables::declared(), every);
///
/// inspector.completed(1).await;
/// let seen = inspector.snapshot();
/// assert!(seen.shards[0].pending() > Some(0), "it was never migrated");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Inspector {
    seen: watch::Receiver<Arc<Inspection>>,
    wanted: Arc<Notify>,
    /// Ended when dropped.
    _task: JoinSet<()>,
}

impl Inspector {
    /// Starts looking, and waits for nothing.
    ///
    /// # Panics
    /// Outside a Tokio runtime, on which its task runs.
    #[must_use]
    pub fn start<C: Inspect>(
        db: &ShardedDb<C>,
        guard: &Guard,
        source: Source<C>,
        tables: Vec<KeyspaceTables>,
        every: Duration,
    ) -> Self {
        let shards = db.shards().iter().map(|shard| Inspected::unknown(shard.id().clone()));
        let first = Inspection { shards: shards.collect(), ..Inspection::default() };
        let (tell, seen) = watch::channel(Arc::new(first));
        let wanted = Arc::new(Notify::new());
        let round = Rounds { db: db.clone(), guard: guard.clone(), source, tables, tell };
        let mut task = JoinSet::new();
        task.spawn(round.run(Arc::clone(&wanted), every));
        Self { seen, wanted, _task: task }
    }

    /// What is known, at once.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Inspection> {
        Arc::clone(&self.seen.borrow())
    }

    /// Has all shards looked at soon, once more if that is under way. Counting is not
    /// done any more often for it.
    pub fn refresh(&self) {
        self.wanted.notify_one();
    }

    /// Comes back once all shards have been looked at this many times.
    pub async fn completed(&self, rounds: u64) {
        let mut seen = self.seen.clone();
        // The task ends with the inspector alone, and then nobody waits here.
        let _ = seen.wait_for(|seen| seen.round >= rounds).await;
    }
}

/// What the task has.
struct Rounds<C: Inspect> {
    db: ShardedDb<C>,
    guard: Guard,
    source: Source<C>,
    tables: Vec<KeyspaceTables>,
    tell: watch::Sender<Arc<Inspection>>,
}

impl<C: Inspect> Rounds<C> {
    async fn run(self, wanted: Arc<Notify>, every: Duration) {
        let mut visitors: Vec<_> = self.db.shards().iter().map(|_| Visitor::new()).collect();
        loop {
            // Each is told of as soon as it is known: some may keep us waiting.
            stream::iter(visitors.iter_mut().enumerate())
                .for_each_concurrent(AT_ONCE, |(place, visitor)| self.visit(place, visitor))
                .await;
            self.tell.send_modify(|seen| finish(Arc::make_mut(seen), &self.db));
            let _ = timeout(every, wanted.notified()).await;
        }
    }

    async fn visit(&self, place: usize, visitor: &mut Visitor) {
        let known = self.tell.borrow().shards[place].clone();
        let look = Look {
            shard: known.shard.clone(),
            guard: self.guard.clone(),
            source: self.source.clone(),
            tables: self.tables.clone(),
        };
        let seen = visitor.visit(&self.db, place, look, &known).await;
        self.tell.send_modify(|inspection| Arc::make_mut(inspection).shards[place] = seen);
    }
}

/// Shards are compared with one another once all have been looked at.
fn finish<C: Connect>(seen: &mut Inspection, db: &ShardedDb<C>) {
    let read = seen.shards.iter().zip(db.shards()).filter_map(|(inspected, shard)| {
        let (versions, schema) = inspected.found.as_ref()?.schema.clone()?;
        Some((inspected.shard.clone(), (shard.backend(), versions), schema))
    });
    seen.drifted = compare(read).drifted;
    seen.round += 1;
    seen.finished = Some(Utc::now());
}

impl fmt::Debug for Inspector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inspector").field("snapshot", &self.snapshot()).finish()
    }
}
