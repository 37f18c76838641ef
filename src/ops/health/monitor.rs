use std::{fmt, time::Duration};

use tokio::{sync::watch, task::JoinSet, time::sleep};

use super::{
    Finding, Watched, checkup, probe,
    record::Record,
    threshold::{State, Thresholds},
};
use crate::{
    cluster::ShardedDb,
    config::HealthSettings,
    shard::{Connect, Shard, ShardConnection},
};

/// How often a shard is probed that did not answer the last time, so that it is
/// given up, and is back, within a few seconds and within one.
const DOWN_INTERVAL: Duration = Duration::from_millis(250);
/// How long the first probe has, which others wait for.
const FIRST: Duration = Duration::from_millis(800);

/// Watches shards: one background task each probes it again and again, so that
/// how the shards are is known at any time without asking them.
///
/// Several probes in a row decide, as [`HealthSettings`] say; a shard that
/// answers is kept at its `min_idle` connections. No shard waits
/// for another's probe. Dropping the monitor ends its tasks.
///
/// # Examples
/// ```
/// use diesel::SqliteConnection;
/// use shardwright::cluster::ShardedDb;
/// use shardwright::config::HealthSettings;
/// use shardwright::ops::Monitor;
///
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/a.db", folder.path().display());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let db = ShardedDb::<SqliteConnection>::builder().shard("shard-0", &url)?.build()?;
/// let monitor = Monitor::start(&db, HealthSettings::default()).await;
///
/// let shards = monitor.snapshot();
/// assert!(shards[0].current.is_healthy());
/// assert_eq!(shards[0].transitions, 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Monitor<C: Connect = ShardConnection> {
    db: ShardedDb<C>,
    /// One a shard, in the order of the shards.
    records: Vec<watch::Receiver<Record>>,
    /// Ended when dropped.
    _probes: JoinSet<()>,
}

impl<C: Connect> Monitor<C> {
    /// Asks every shard once, so that nothing is unknown from the first moment
    /// on, and starts watching. Within a second, whatever the shards do.
    ///
    /// # Panics
    /// Outside a Tokio runtime, on which its tasks run.
    pub async fn start(db: &ShardedDb<C>, settings: HealthSettings) -> Self {
        let mut probes = JoinSet::new();
        let start = |(place, first): (usize, Record)| {
            if first.state != State::Up {
                first.announce(db.shards()[place].id());
            }
            let (told, record) = watch::channel(first);
            let (db, settings) = (db.clone(), settings.clone());
            probes.spawn(async move { keep_probing(&db.shards()[place], &settings, told).await });
            record
        };
        let records =
            checkup::records(db, FIRST).await.into_iter().enumerate().map(start).collect();
        Self { db: db.clone(), records, _probes: probes }
    }

    /// How the shards are, in their order, as the last probes found them; their
    /// pools and breakers as they are now. Waits for nothing.
    #[must_use]
    pub fn snapshot(&self) -> Vec<Watched> {
        let shards = self.records.iter().zip(self.db.shards());
        shards.map(|(record, shard)| record.borrow().watched(shard)).collect()
    }
}

async fn keep_probing<C: Connect>(
    shard: &Shard<C>,
    settings: &HealthSettings,
    record: watch::Sender<Record>,
) {
    let state = record.borrow().state;
    let mut thresholds = Thresholds::new(settings, state);
    let mut answers = state == State::Up;
    loop {
        sleep(if answers { settings.interval } else { settings.interval.min(DOWN_INTERVAL) }).await;
        let finding = probe(shard, shard.patience(settings.timeout)).await;
        if finding == Finding::Closed {
            return;
        }
        answers = matches!(finding, Finding::Up(_));
        let mut next = record.borrow().clone();
        let changed = next.note(&mut thresholds, finding);
        record.send_replace(next.clone());
        if changed {
            next.announce(shard.id());
        }
        if answers {
            // Pools let go of connections that are idle for long, and lose some. Should
            // it fail, the next probe tells why.
            let _ = shard.warm().await;
        }
    }
}

/// Comes back once a shard that was up has stopped answering: fit to serve or
/// not is all the same.
pub(in crate::ops) async fn lost<C: Connect>(shard: &Shard<C>, settings: &HealthSettings) {
    let mut thresholds = Thresholds::new(settings, State::Up);
    loop {
        sleep(settings.interval.min(DOWN_INTERVAL)).await;
        thresholds.note(match probe(shard, shard.patience(settings.timeout)).await {
            Finding::Up(_) | Finding::Refused(_) => State::Up,
            Finding::Down(_) | Finding::Closed => State::Down,
        });
        if thresholds.state() == State::Down {
            return;
        }
    }
}

impl<C: Connect> fmt::Debug for Monitor<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Monitor").field("snapshot", &self.snapshot()).finish()
    }
}
