use futures::future::join_all;

use super::{
    Drift, Migrate, MigrateError, Options, Schema, ShardPlan, ShardStatus, Source, Task, drift,
    introduction, plan, status,
};
use crate::{
    cluster::{Error, ShardedDb},
    ops::identity::Guard,
    shard::{Fault, Shard},
};

/// Migrates the shards of a cluster.
///
/// # Examples
/// ```
/// use std::sync::Arc;
///
/// use shardwright::cluster::ShardedDb;
/// use shardwright::ops::migrate::{Migrator, Options, ShardReport, Task};
/// use shardwright::shard::ShardConnection;
/// use shardwright::store::migrations;
///
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/a.db", folder.path().display());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let db = ShardedDb::<ShardConnection>::builder().shard("shard-0", &url)?.build()?;
/// let migrator = Migrator::new(db, migrations::source());
/// let reports = migrator.carry_out(Task::Run, &Options::default(), Arc::new(())).await?;
/// assert!(reports.iter().all(ShardReport::is_done));
/// assert!(migrator.drift(&Options::default()).await?.is_none());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Migrator<C: Migrate> {
    db: ShardedDb<C>,
    source: Source<C>,
    guard: Guard,
}

impl<C: Migrate> Clone for Migrator<C> {
    fn clone(&self) -> Self {
        Self { db: self.db.clone(), source: self.source.clone(), guard: self.guard.clone() }
    }
}

impl<C: Migrate> Migrator<C> {
    /// A migrator of these migrations.
    #[must_use]
    pub fn new(db: ShardedDb<C>, source: Source<C>) -> Self {
        let shards: Vec<_> = db.shards().iter().map(|shard| shard.id().clone()).collect();
        let guard = Guard::new(db.keyspaces(), &shards);
        Self { db, source, guard }
    }

    /// The same, sharing what is known of the cluster with others.
    #[must_use]
    pub fn guarded_by(self, guard: Guard) -> Self {
        Self { guard, ..self }
    }

    /// Where every shard stands, in shard order. Changes nothing.
    ///
    /// # Errors
    /// [`Error::UnknownShard`] if a shard asked for does not exist.
    pub async fn status(&self, options: &Options) -> Result<Vec<ShardStatus>, Error> {
        let ask = async |shard: &Shard<C>| {
            let (source, guard, id) = (self.source.clone(), self.guard.clone(), shard.id().clone());
            let look = move |conn: &mut C| {
                introduction::is_known(conn, &guard, &id)?;
                status::status_on(conn, &source)
            };
            let status = shard.look(look).await;
            ShardStatus { shard: shard.id().clone(), status }
        };
        Ok(join_all(self.chosen(options)?.into_iter().map(ask)).await)
    }

    /// What the task would do to every shard, in the order they would be done.
    /// Changes nothing.
    ///
    /// # Errors
    /// [`Error::UnknownShard`] if a shard asked for does not exist.
    pub async fn plan(&self, task: Task, options: &Options) -> Result<Vec<ShardPlan>, Error> {
        let ask = async |shard: &Shard<C>| {
            let (source, guard, id) = (self.source.clone(), self.guard.clone(), shard.id().clone());
            let look = move |conn: &mut C| {
                introduction::is_known(conn, &guard, &id)?;
                plan::shown(conn, &source, task)
            };
            let steps = shard.look(look).await;
            ShardPlan { shard: shard.id().clone(), steps }
        };
        Ok(join_all(self.chosen(options)?.into_iter().map(ask)).await)
    }

    /// Compares the live schemas of all shards, whatever shards the options
    /// choose: one is odd only beside the others. Those that can't be read are named. Shards with the same
    /// migrations behind them are compared with each other, each kind of
    /// database by itself. Changes nothing.
    ///
    /// # Errors
    /// [`Error::UnknownShard`] if a shard asked for does not exist.
    pub async fn drift(&self, options: &Options) -> Result<Drift, Error> {
        self.chosen(options)?;
        let ask = async |shard: &Shard<C>| {
            let read = shard.look(at_one_moment).await.map_err(|error| error.in_full());
            (shard.id().clone(), shard.backend(), read)
        };
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for (id, backend, outcome) in join_all(self.db.shards().iter().map(ask)).await {
            match outcome {
                Ok(Some((versions, schema))) => read.push((id, (backend, versions), schema)),
                Ok(None) => unread.push((id, "is being migrated by someone else".to_owned())),
                Err(error) => unread.push((id, error)),
            }
        }
        Ok(Drift { unread, ..drift::compare(read) })
    }

    /// The cluster it migrates.
    #[must_use]
    pub fn db(&self) -> &ShardedDb<C> {
        &self.db
    }

    pub(in crate::ops) fn guard(&self) -> &Guard {
        &self.guard
    }

    pub(super) fn source(&self) -> &Source<C> {
        &self.source
    }
}

/// A schema and the versions that made it; none of a shard that is being
/// migrated by someone else all the while.
pub(in crate::ops) fn at_one_moment<C: Migrate>(
    conn: &mut C,
) -> Result<Option<(Vec<String>, Schema)>, MigrateError> {
    const TRIES: usize = 10;
    let mut history = conn.history().map_err(MigrateError::History)?;
    let mut vanished = None;
    for _ in 0..TRIES {
        let schema = match conn.schema() {
            Ok(schema) => schema,
            // An object dropped while the catalog is read is an error there.
            Err(error) if Fault::of(&error) == Fault::Statement => {
                vanished = Some(error);
                continue;
            }
            Err(error) => return Err(MigrateError::Schema(error)),
        };
        let before =
            std::mem::replace(&mut history, conn.history().map_err(MigrateError::History)?);
        if before == history {
            let versions = history.into_iter().map(|applied| applied.version).collect();
            return Ok(Some((versions, schema)));
        }
        vanished = None;
    }
    vanished.map_or(Ok(None), |error| Err(MigrateError::Schema(error)))
}
