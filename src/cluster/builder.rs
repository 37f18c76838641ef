use std::{sync::Arc, time::Duration};

use thiserror::Error;

use super::{Blueprint, Keyspace, ShardedDb, db::Cluster};
use crate::{
    config::{Backend, DatabaseUrl, PoolSettings, ShardSettings, TelemetrySettings, UrlError},
    key::{KeyspaceName, NameError, ShardId},
    routing::Router,
    shard::{Admission, Connect, Observer, Shard, Share, Telemetry},
};

/// Puts a [`ShardedDb`] together; nothing is connected to until it is used.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use diesel::SqliteConnection;
/// use shardwright::cluster::{BuildError, Builder};
/// use shardwright::key::{KeyRange, ShardId, ShardIndex};
/// use shardwright::routing::RangeRouter;
///
/// let names = [ShardId::new("shard-0")?, ShardId::new("shard-1")?];
/// let below = (KeyRange { start: None, end: Some(100) }, ShardIndex::new(0));
/// let above = (KeyRange { start: Some(100), end: None }, ShardIndex::new(1));
/// let router = RangeRouter::new(&names, vec![below, above], false)?;
///
/// let shard_0 = Builder::<SqliteConnection>::default().shard("shard-0", "sqlite://data/0.db")?;
/// let db = shard_0
///     .shard("shard-1", "sqlite://data/1.db")?
///     .keyspace("accounts", router.clone())?
///     .deadline(Duration::from_secs(2))
///     .build()?;
/// assert_eq!(db.shards().len(), 2);
///
/// // A rule that counts shards which are not there is found before any key is.
/// let alone = Builder::<SqliteConnection>::default().shard("shard-0", "sqlite://data/0.db")?;
/// let error = alone.keyspace("accounts", router)?.build().expect_err("there is no shard-1");
/// assert!(matches!(error, BuildError::Router { index: 1, shards: 1, .. }));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Builder<C> {
    shards: Vec<ShardSettings>,
    keyspaces: Vec<Keyspace>,
    deadline: Duration,
    max_total: Option<u32>,
    admission: Option<Admission<C>>,
    telemetry: Telemetry,
}

/// A cluster that can't be built.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum BuildError {
    /// A name won't do.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A URL names no database we can open.
    #[error("shard {shard}: {source}")]
    Url {
        /// The shard.
        shard: ShardId,
        /// What is wrong with it.
        source: UrlError,
    },
    /// The connection type does not speak to that kind of database.
    #[error("shard {shard} is a {backend} database, which this connection type does not reach")]
    Backend {
        /// The shard.
        shard: ShardId,
        /// Its kind.
        backend: Backend,
    },
    /// Two shards have one name.
    #[error("there are two shards named {0}")]
    ShardTwice(ShardId),
    /// A cluster without shards.
    #[error("a cluster needs at least one shard")]
    NoShard,
    /// More shards than an index counts.
    #[error("{0} shards are more than a cluster can have (65535)")]
    TooMany(usize),
    /// The shards' minimums are more than all their connections together.
    #[error(
        "max_total is {max_total}, and the shards' minimums (min_idle, and at least 1 each) come \
         to {minimum}; set it to at least {minimum}"
    )]
    Total {
        /// The most connections of all shards together.
        max_total: u32,
        /// The sum of the minimums.
        minimum: u64,
    },
    /// A router answers with a shard the cluster does not have.
    #[error(
        "the router of keyspace {keyspace} names shard number {index}, counted from 0, and there \
         are {shards}"
    )]
    Router {
        /// The keyspace.
        keyspace: KeyspaceName,
        /// The index it names.
        index: usize,
        /// How many shards there are.
        shards: usize,
    },
}

impl<C: Connect> Default for Builder<C> {
    fn default() -> Self {
        Self {
            shards: Vec::new(),
            keyspaces: Vec::new(),
            deadline: Duration::from_secs(5),
            max_total: None,
            admission: None,
            telemetry: Telemetry::default(),
        }
    }
}

impl<C: Connect> Builder<C> {
    /// Starts from a configuration.
    #[must_use]
    pub fn from_blueprint(blueprint: Blueprint) -> Self {
        Self {
            shards: blueprint.settings.shards,
            keyspaces: blueprint.keyspaces,
            deadline: blueprint.settings.deadline,
            max_total: blueprint.settings.max_total,
            admission: None,
            telemetry: Telemetry { observers: Vec::new(), settings: blueprint.settings.telemetry },
        }
    }

    /// Adds a shard with the default pool. Routers count shards in the order
    /// they are added, from 0.
    ///
    /// # Errors
    /// [`BuildError::Name`] or [`BuildError::Url`].
    pub fn shard(mut self, name: &str, url: &str) -> Result<Self, BuildError> {
        let id = ShardId::new(name)?;
        let url = DatabaseUrl::parse(url)
            .map_err(|source| BuildError::Url { shard: id.clone(), source })?;
        self.shards.push(ShardSettings { id, url, weight: 1, pool: PoolSettings::default() });
        Ok(self)
    }

    /// Gives a keyspace its router, in place of the configured one if there is one.
    ///
    /// # Errors
    /// [`BuildError::Name`].
    pub fn keyspace(mut self, name: &str, router: impl Router) -> Result<Self, BuildError> {
        let name = KeyspaceName::new(name)?;
        self.keyspaces.retain(|keyspace| keyspace.name != name);
        self.keyspaces.push(Keyspace { name, router: Arc::new(router) });
        self.keyspaces.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(self)
    }

    /// How long a call may take where the caller gives no deadline; 5 s by default.
    #[must_use]
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// The most connections of all shards together; by default there is no such
    /// limit. Idle connections are lent to the shard that needs them, and each
    /// shard is sure of its [minimum](PoolSettings::minimum). Connections outside
    /// the pools ([`Shard::dedicated`], [`Shard::look`]) are not counted.
    #[must_use]
    pub fn max_total(self, connections: u32) -> Self {
        Self { max_total: Some(connections), ..self }
    }

    /// What each fresh connection must pass before a request may use it.
    #[must_use]
    pub fn admission(self, admission: Admission<C>) -> Self {
        Self { admission: Some(admission), ..self }
    }

    /// Has someone told what happens to calls; one more, if there are others.
    #[must_use]
    pub fn observer(mut self, observer: Arc<dyn Observer>) -> Self {
        self.telemetry.observers.push(observer);
        self
    }

    /// Whether calls have spans, and which statements are logged as slow.
    #[must_use]
    pub fn telemetry(mut self, settings: TelemetrySettings) -> Self {
        self.telemetry.settings = settings;
        self
    }

    /// The cluster.
    ///
    /// # Errors
    /// [`BuildError`] says which part does not fit.
    pub fn build(self) -> Result<ShardedDb<C>, BuildError> {
        let count = self.shards.len();
        if count == 0 {
            return Err(BuildError::NoShard);
        }
        if count > usize::from(u16::MAX) {
            return Err(BuildError::TooMany(count));
        }
        for (i, shard) in self.shards.iter().enumerate() {
            if self.shards[..i].iter().any(|other| other.id == shard.id) {
                return Err(BuildError::ShardTwice(shard.id.clone()));
            }
            let backend = shard.url.backend();
            if !C::reaches(backend) {
                return Err(BuildError::Backend { shard: shard.id.clone(), backend });
            }
        }
        for Keyspace { name, router } in &self.keyspaces {
            if let Some(stray) = router.shards().iter().find(|shard| shard.get() >= count) {
                let (keyspace, index) = (name.clone(), stray.get());
                return Err(BuildError::Router { keyspace, index, shards: count });
            }
        }
        let mut shares = self.shares()?.into_iter();
        let (deadline, admission, telemetry) = (self.deadline, &self.admission, &self.telemetry);
        let shard =
            |settings| Shard::new(settings, deadline, admission.clone(), shares.next(), telemetry);
        let shards = self.shards.iter().map(shard).collect();
        Ok(Cluster { shards, keyspaces: self.keyspaces, deadline, telemetry: self.telemetry }
            .into())
    }

    /// Each shard's share in the budget; none without one.
    fn shares(&self) -> Result<Vec<Share>, BuildError> {
        let Some(max_total) = self.max_total else { return Ok(Vec::new()) };
        let minimums: Vec<_> = self.shards.iter().map(|shard| shard.pool.minimum()).collect();
        let minimum = minimums.iter().copied().map(u64::from).sum();
        if minimum > u64::from(max_total) {
            return Err(BuildError::Total { max_total, minimum });
        }
        Ok(Share::of(max_total, &minimums))
    }
}

impl<C> std::fmt::Debug for Builder<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Builder")
            .field("shards", &self.shards)
            .field("keyspaces", &self.keyspaces)
            .finish_non_exhaustive()
    }
}
