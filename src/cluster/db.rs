use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::QueryResult;
use futures::future::join_all;
use tracing::{Instrument, Span, debug_span, field::Empty};

use super::{Builder, Error, Gathered, Keyspace, home::Home};
use crate::{
    key::{ShardBy, ShardId, ShardIndex, ShardKey},
    routing::{Explanation, RouteError},
    shard::{Access, Connect, Deadline, Row, Scatter, Shard, ShardConnection, Telemetry},
};

/// A sharded database: the one way from a key to a connection.
///
/// Cloning is cheap and shares the pools. Closures get their connection handed
/// to them and run on a blocking thread, so they may not borrow from the caller.
///
/// # Examples
/// ```
/// use diesel::{RunQueryDsl, SqliteConnection, connection::SimpleConnection};
/// use shardwright::cluster::ShardedDb;
/// use shardwright::key::{KeyRange, ShardBy, ShardId, ShardIndex, ShardKey};
/// use shardwright::routing::RangeRouter;
///
/// struct AccountId(i64);
/// impl ShardBy for AccountId {
///     const KEYSPACE: &'static str = "accounts";
///     fn shard_key(&self) -> ShardKey<'_> {
///         ShardKey::int(self.0)
///     }
/// }
///
/// # let folder = tempfile::tempdir()?;
/// # let url = format!("sqlite://{}/a.db", folder.path().display());
/// # let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
/// # runtime.block_on(async {
/// let all = (KeyRange { start: None, end: None }, ShardIndex::new(0));
/// let router = RangeRouter::new(&[ShardId::new("shard-0")?], vec![all], false)?;
/// let db = ShardedDb::<SqliteConnection>::builder()
///     .shard("shard-0", &url)?
///     .keyspace("accounts", router)?
///     .build()?;
///
/// db.write(&AccountId(7), |conn| conn.batch_execute("CREATE TABLE accounts (id BIGINT)")).await?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # })?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct ShardedDb<C: Connect = ShardConnection> {
    cluster: Arc<Cluster<C>>,
    /// The request's, if this handle belongs to one.
    deadline: Option<Deadline>,
}

/// What all handles share.
pub(super) struct Cluster<C: Connect> {
    pub(super) shards: Vec<Shard<C>>,
    pub(super) keyspaces: Vec<Keyspace>,
    pub(super) deadline: Duration,
    pub(super) telemetry: Telemetry,
}

impl<C: Connect> ShardedDb<C> {
    /// Starts a cluster of your own making.
    #[must_use]
    pub fn builder() -> Builder<C> {
        Builder::default()
    }

    /// The same cluster with a deadline that all calls through this handle share.
    #[must_use]
    pub fn within(&self, deadline: Deadline) -> Self {
        Self { cluster: Arc::clone(&self.cluster), deadline: Some(deadline) }
    }

    /// A handle for one request: all its calls share the configured deadline,
    /// counted from now.
    #[must_use]
    pub fn per_request(&self) -> Self {
        self.within(Deadline::after(self.cluster.deadline))
    }

    /// Runs the closure on the key's shard, outside a transaction.
    ///
    /// # Errors
    /// [`Error::Route`] if the key has no place, [`Error::Shard`] if its shard fails.
    pub async fn read<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.home(key)?.run(Access::Read, self.deadline(), f).await?)
    }

    /// Runs the closure on the key's shard in one transaction, committed if it
    /// returns `Ok` and rolled back otherwise.
    ///
    /// # Errors
    /// [`Error::Route`] if the key has no place, [`Error::Shard`] if its shard
    /// fails. Never retried: after a lost connection or a passed deadline it is
    /// unknown whether the transaction took effect.
    pub async fn write<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.home(key)?.run(Access::Write, self.deadline(), f).await?)
    }

    /// The row of that key, if there is one, asked for together with others that are
    /// asked for at the same time: one round trip for all of them.
    ///
    /// # Errors
    /// As [`read`](Self::read).
    pub async fn find<R: Row<C>>(&self, key: R::Key) -> Result<Option<R>, Error> {
        Ok(self.home(&key)?.find(self.deadline(), key).await?)
    }

    /// Stores a row, together with others that are to be stored at the same time: one
    /// round trip and one commit for all of them. A row in error fails alone: where they
    /// failed together, each is tried again by itself.
    ///
    /// # Errors
    /// As [`write`](Self::write): after a lost connection, or a deadline that passed while
    /// the statement was under way, it is unknown whether the row was stored.
    pub async fn insert<R: Row<C>>(&self, row: R) -> Result<(), Error> {
        Ok(self.home(&row)?.insert(self.deadline(), row).await?)
    }

    /// Runs the closure on every shard of the keyspace, side by side, and waits
    /// for each until the deadline. For reading: there is no transaction over shards.
    pub async fn scatter<K: ShardBy, T: Send + 'static>(
        &self,
        f: impl Fn(&mut C) -> QueryResult<T> + Clone + Send + 'static,
    ) -> Gathered<T> {
        let keyspace = match self.keyspace(K::KEYSPACE) {
            Ok(keyspace) => keyspace,
            Err(error) => return Gathered::refused(error),
        };
        let (deadline, began) = (self.deadline(), Instant::now());
        let ask = async |target: &ShardIndex| {
            // The builder has checked where routers scatter to.
            let shard = &self.cluster.shards[target.get()];
            (shard.id().clone(), shard.run(Access::Read, deadline, f.clone()).await)
        };
        let asked = keyspace.router.shards().len();
        let span = self.span(|| debug_span!("scatter", keyspace = K::KEYSPACE, shards = asked));
        let gather = async {
            match keyspace.router.shards() {
                [only] => [ask(only).await].into_iter().collect(),
                targets => join_all(targets.iter().map(ask)).await.into_iter().collect(),
            }
        };
        let gathered: Gathered<T> = gather.instrument(span).await;
        let missing = gathered.missing().len();
        let scatter = Scatter { asked, missing, took: began.elapsed() };
        for observer in &self.cluster.telemetry.observers {
            observer.scattered(&keyspace.name, &scatter);
        }
        gathered
    }

    /// Runs the closure on a shard by its name, outside a transaction: the
    /// operators' door, which also opens to a database that is not fit to serve.
    ///
    /// # Errors
    /// [`Error::UnknownShard`], or [`Error::Shard`] if it fails.
    pub async fn on<T: Send + 'static>(
        &self,
        shard: &ShardId,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        let shard = self.shard(shard)?;
        Ok(shard.run(Access::Operate, self.deadline(), f).await?)
    }

    /// The name of the shard the key lives on.
    ///
    /// # Errors
    /// [`Error::Route`] or [`Error::UnknownKeyspace`].
    pub fn locate<K: ShardBy>(&self, key: &K) -> Result<&ShardId, Error> {
        self.route(key).map(Shard::id)
    }

    /// Where a key of the named keyspace lives and why.
    ///
    /// # Errors
    /// [`Error::Route`] or [`Error::UnknownKeyspace`].
    pub fn explain(
        &self,
        keyspace: &str,
        key: &ShardKey<'_>,
    ) -> Result<(&ShardId, Explanation), Error> {
        let keyspace = self.keyspace(keyspace)?;
        let explanation = keyspace.router.explain(key).map_err(|e| no_place(keyspace, "key", e))?;
        Ok((self.at(keyspace, explanation.shard)?.id(), explanation))
    }

    /// A keyspace by its name.
    ///
    /// # Errors
    /// [`Error::UnknownKeyspace`] names those there are.
    pub fn keyspace(&self, name: &str) -> Result<&Keyspace, Error> {
        self.keyspaces().iter().find(|keyspace| keyspace.name.as_str() == name).ok_or_else(|| {
            let known: Vec<_> = self.keyspaces().iter().map(|k| k.name.as_str()).collect();
            Error::UnknownKeyspace { name: name.to_owned(), known: known.join(", ") }
        })
    }

    /// A shard by its name.
    ///
    /// # Errors
    /// [`Error::UnknownShard`] names those there are.
    pub fn shard(&self, name: &ShardId) -> Result<&Shard<C>, Error> {
        self.shards().iter().find(|shard| shard.id() == name).ok_or_else(|| {
            let known: Vec<_> = self.shards().iter().map(|shard| shard.id().as_str()).collect();
            Error::UnknownShard { name: name.clone(), known: known.join(", ") }
        })
    }

    /// The keyspaces, sorted by name.
    #[must_use]
    pub fn keyspaces(&self) -> &[Keyspace] {
        &self.cluster.keyspaces
    }

    /// The shards, in the order routers count them.
    #[must_use]
    pub fn shards(&self) -> &[Shard<C>] {
        &self.cluster.shards
    }

    /// Takes no more calls on any shard; those under way run to their end.
    pub fn close(&self) {
        self.shards().iter().for_each(Shard::close);
    }

    /// Takes no more calls, lets those under way end, and closes all
    /// connections: for a service that is about to end. No shard waits for
    /// another, and none longer than this; the result names those that have not
    /// closed by then.
    pub async fn drain(&self, patience: Duration) -> Vec<ShardId> {
        let drain =
            async |shard: &Shard<C>| (!shard.drain(patience).await).then(|| shard.id().clone());
        let open = join_all(self.shards().iter().map(drain)).await;
        open.into_iter().flatten().collect()
    }

    /// Where the key lives: for what is done there on its behalf.
    pub(crate) fn home<K: ShardBy>(&self, key: &K) -> Result<Home<'_, C>, Error> {
        let span = self.span(|| debug_span!("route", keyspace = K::KEYSPACE, shard.id = Empty));
        let shard = span.in_scope(|| self.route(key))?;
        span.record("shard.id", shard.id().as_str());
        Ok(Home { shard, span })
    }

    fn route<K: ShardBy>(&self, key: &K) -> Result<&Shard<C>, Error> {
        let keyspace = self.keyspace(K::KEYSPACE)?;
        let index =
            keyspace.router.route(&key.shard_key()).map_err(|e| no_place(keyspace, K::FIELD, e))?;
        self.at(keyspace, index)
    }

    fn span(&self, make: impl FnOnce() -> Span) -> Span {
        if self.cluster.telemetry.settings.tracing { make() } else { Span::none() }
    }

    /// A router's answer, which could be out of bounds if the router is someone's own.
    fn at(&self, keyspace: &Keyspace, index: ShardIndex) -> Result<&Shard<C>, Error> {
        self.cluster.shards.get(index.get()).ok_or_else(|| Error::StrayRoute {
            keyspace: keyspace.name.clone(),
            index: index.get(),
        })
    }

    /// What the next call has to be over by.
    pub(crate) fn deadline(&self) -> Deadline {
        self.deadline.unwrap_or_else(|| Deadline::after(self.cluster.deadline))
    }
}

fn no_place(keyspace: &Keyspace, field: &'static str, source: RouteError) -> Error {
    Error::Route { keyspace: keyspace.name.clone(), field, source }
}

impl<C: Connect> From<Cluster<C>> for ShardedDb<C> {
    fn from(cluster: Cluster<C>) -> Self {
        Self { cluster: Arc::new(cluster), deadline: None }
    }
}

impl<C: Connect> Clone for ShardedDb<C> {
    fn clone(&self) -> Self {
        Self { cluster: Arc::clone(&self.cluster), deadline: self.deadline }
    }
}

impl<C: Connect> std::fmt::Debug for ShardedDb<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ShardedDb")
            .field("shards", &self.shards())
            .field("keyspaces", &self.keyspaces())
            .finish()
    }
}
