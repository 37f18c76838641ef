use std::fmt;

use tracing::warn;

use super::{
    LaunchError, Monitor, OnPending, confirm, fetch_latecomer, migrate::Migrate, migrate::Migrator,
    placement::Census, prepare, tables::KeyspaceTables,
};
use crate::{cluster::ShardedDb, config::Sharding, key::ShardId};

/// A cluster that was made ready to serve, and what is left to be done once it does.
///
/// This is a service's start, whatever framework it is built on: [`ready`](Self::ready),
/// then serve, and meanwhile [`lift_off`](Self::lift_off).
///
/// # Examples
/// ```
/// use figment::{Figment, providers::{Format, Toml}};
/// use shardwright::cluster::{Blueprint, Builder, ShardedDb};
/// use shardwright::ops::{Launch, migrate::Migrator};
/// use shardwright::store::{migrations, tables};
///
/// # let folder = tempfile::tempdir()?;
/// # let settings = format!(r#"
/// #     [default.sharding.shards.shard-0]
/// #     url = "sqlite://{0}/a.db"
/// #     [default.sharding.keyspaces.orders]
/// #     strategy = "consistent_hash"
/// #     [default.sharding.keyspaces.users]
/// #     strategy = "consistent_hash"
/// # "#, folder.path().display());
/// # let figment = Figment::from(Toml::string(&settings).nested());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let blueprint = Blueprint::load(&figment)?;
/// let settings = blueprint.settings.clone();
/// let db: ShardedDb = Builder::from_blueprint(blueprint).build()?;
/// let migrator = Migrator::new(db, migrations::source());
/// let (launch, monitor) = Launch::ready(migrator, tables::declared(), settings).await?;
/// launch.lift_off();
/// // Now serve from `launch.db()`.
/// assert!(monitor.snapshot().iter().all(|shard| shard.current.is_healthy()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Launch<C: Migrate> {
    migrator: Migrator<C>,
    declared: Vec<KeyspaceTables>,
    settings: Sharding,
    absent: Vec<ShardId>,
}

impl<C: Migrate + Census> Launch<C> {
    /// Brings every shard that answers to the migrator's schema, or refuses to if the
    /// settings say so; sees that every keyspace's rows are where its rule says; and starts
    /// to watch. Shards that don't answer hold up nobody.
    ///
    /// # Errors
    /// [`LaunchError`] for the first shard that answers and can't serve, in the words that
    /// fit the [`Program`](super::Program) of the migrator's guard.
    pub async fn ready(
        migrator: Migrator<C>,
        declared: Vec<KeyspaceTables>,
        settings: Sharding,
    ) -> Result<(Self, Monitor<C>), LaunchError> {
        let (db, health) = (migrator.db().clone(), settings.health.clone());
        let on_pending = on_pending(&settings);
        let program = migrator.guard().program();
        let told = |cause| LaunchError { cause: Box::new(cause), program };
        let absent = prepare(&db, &migrator, &declared, on_pending, &health).await.map_err(told)?;
        let monitor = Monitor::start(&db, health).await;
        // Held from here on: another process may have taken on another rule until now.
        confirm(&db, migrator.guard(), &absent).await.map_err(told)?;
        Ok((Self { migrator, declared, settings, absent }, monitor))
    }

    /// Opens connections ahead of need, and waits for the shards that did not answer,
    /// to migrate them when they come. Returns at once: no shard may hold up a start.
    ///
    /// # Panics
    /// Outside a Tokio runtime, on which its tasks run.
    pub fn lift_off(&self) {
        let db = self.migrator.db();
        for place in 0..db.shards().len() {
            let db = db.clone();
            tokio::spawn(async move {
                if let Err(error) = db.shards()[place].warm().await {
                    warn!(%error, "could not open connections ahead of need");
                }
            });
        }
        if on_pending(&self.settings) == OnPending::Refuse {
            return;
        }
        // Each by itself: one that hangs must not keep the others out.
        for shard in self.absent.iter().cloned() {
            let (db, migrator, declared) = (db.clone(), self.migrator.clone(), &self.declared);
            let health = self.settings.health.clone();
            tokio::spawn(fetch_latecomer(db, migrator, declared.clone(), shard, health));
        }
    }

    /// The cluster.
    #[must_use]
    pub fn db(&self) -> &ShardedDb<C> {
        self.migrator.db()
    }
}

fn on_pending(settings: &Sharding) -> OnPending {
    match settings.migrate_on_start {
        true => OnPending::Migrate,
        false => OnPending::Refuse,
    }
}

impl<C: Migrate> fmt::Debug for Launch<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Launch").field("absent", &self.absent).finish_non_exhaustive()
    }
}
