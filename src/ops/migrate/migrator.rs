use std::{sync::Arc, time::Duration};

use diesel::{connection::Connection, migration::Migration};
use futures::future::join_all;

use super::{Migrate, MigrateError, ShardReport, ShardStatus, Step, one, status};
use crate::{
    cluster::ShardedDb,
    key::ShardId,
    shard::{Shard, ShardError},
};

/// Where a connection's migrations come from: embedded, a directory, anything
/// Diesel has a source for.
pub type Migrations<C> = Arc<
    dyn Fn(&C) -> diesel::migration::Result<Vec<Box<dyn Migration<<C as Connection>::Backend>>>>
        + Send
        + Sync,
>;

/// Migrates the shards of a cluster.
///
/// # Examples
/// ```
/// use std::sync::Arc;
/// use shardwright::cluster::ShardedDb;
/// use shardwright::ops::migrate::Migrator;
/// use shardwright::shard::ShardConnection;
/// use shardwright::store::migrations;
///
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/a.db", folder.path().display());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let db = ShardedDb::<ShardConnection>::builder().shard("shard-0", &url)?.build()?;
/// let migrator = Migrator::new(db, Arc::new(migrations::of));
/// let reports = migrator.run().await;
/// assert!(reports.iter().all(|report| report.error.is_none()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Migrator<C: Migrate> {
    db: ShardedDb<C>,
    migrations: Migrations<C>,
    patience: Duration,
}

impl<C: Migrate> Migrator<C> {
    /// A migrator of these migrations.
    #[must_use]
    pub fn new(db: ShardedDb<C>, migrations: Migrations<C>) -> Self {
        Self { db, migrations, patience: Duration::from_secs(60) }
    }

    /// How long to wait for another process that is migrating a shard; a minute
    /// if nothing is said.
    #[must_use]
    pub fn patience(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Applies everything pending, on all shards side by side. A shard that
    /// fails stops no other; a rerun finishes what is left and changes nothing
    /// else. One report a shard, in shard order.
    pub async fn run(&self) -> Vec<ShardReport> {
        join_all(self.db.shards().iter().map(|shard| self.run_one(shard))).await
    }

    /// As [`run`](Self::run), on these shards alone.
    pub async fn run_on(&self, shards: &[ShardId]) -> Vec<ShardReport> {
        join_all(self.named(shards).map(|shard| self.run_one(shard))).await
    }

    /// Where every shard stands, in shard order. Changes nothing.
    pub async fn status(&self) -> Vec<ShardStatus> {
        join_all(self.db.shards().iter().map(|shard| self.status_one(shard))).await
    }

    /// As [`status`](Self::status), of these shards alone.
    pub async fn status_of(&self, shards: &[ShardId]) -> Vec<ShardStatus> {
        join_all(self.named(shards).map(|shard| self.status_one(shard))).await
    }

    fn named(&self, shards: &[ShardId]) -> impl Iterator<Item = &Shard<C>> {
        self.db.shards().iter().filter(|shard| shards.contains(shard.id()))
    }

    async fn run_one(&self, shard: &Shard<C>) -> ShardReport {
        let (migrations, patience) = (Arc::clone(&self.migrations), self.patience);
        let outcome = shard
            .dedicated(move |conn| {
                let mut applied = Vec::new();
                let outcome = one::run(conn, &migrations, patience, &mut applied);
                Ok::<_, ShardError>((applied, outcome.err()))
            })
            .await;
        let unreached = |error: ShardError| -> (Vec<Step>, Option<MigrateError>) {
            (Vec::new(), Some(error.into()))
        };
        let (applied, error) = outcome.unwrap_or_else(unreached);
        ShardReport { shard: shard.id().clone(), applied, error }
    }

    async fn status_one(&self, shard: &Shard<C>) -> ShardStatus {
        let migrations = Arc::clone(&self.migrations);
        let status = shard.dedicated(move |conn| status::status_on(conn, &migrations)).await;
        ShardStatus { shard: shard.id().clone(), status }
    }
}

impl<C: Migrate> std::fmt::Debug for Migrator<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Migrator").field("db", &self.db).finish_non_exhaustive()
    }
}
