use std::sync::OnceLock;

use diesel::QueryResult;
use rocket::Request;

use super::WriteFailed;
use crate::{
    cluster::{Error, Gathered, Home, ShardedDb},
    key::{ShardBy, ShardId},
    shard::{Access, Connect, Deadline, Row},
};

/// A request's way to its shards: the cluster within the request's one deadline,
/// which notes who served it for the `X-Shard` header.
pub(crate) struct Way<'r, C: Connect> {
    pub(crate) db: ShardedDb<C>,
    of: &'r OfRequest,
}

/// What all guards of one request share.
#[derive(Debug, Default)]
pub(super) struct OfRequest {
    deadline: OnceLock<Deadline>,
    served_by: OnceLock<ShardId>,
}

impl OfRequest {
    pub(super) fn of<'r>(request: &'r Request<'_>) -> &'r Self {
        request.local_cache(Self::default)
    }

    pub(super) fn served_by(&self) -> Option<&ShardId> {
        self.served_by.get()
    }
}

impl<'r, C: Connect> Way<'r, C> {
    /// None if no cluster of this type is managed.
    pub(crate) fn of(request: &'r Request<'_>) -> Option<Self> {
        let db = request.rocket().state::<ShardedDb<C>>()?;
        let of = OfRequest::of(request);
        let deadline = *of.deadline.get_or_init(|| db.deadline());
        Some(Self { db: db.within(deadline), of })
    }

    pub(crate) async fn read<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Error> {
        Ok(self.home(key)?.run(Access::Read, self.db.deadline(), f).await?)
    }

    pub(crate) async fn write<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, WriteFailed> {
        let home = self.home(key)?;
        Ok(home.run(Access::Write, self.db.deadline(), f).await.map_err(Error::from)?)
    }

    pub(crate) async fn find<R: Row<C>>(&self, key: R::Key) -> Result<Option<R>, Error> {
        Ok(self.home(&key)?.find(self.db.deadline(), key).await?)
    }

    pub(crate) async fn insert<R: Row<C>>(&self, row: R) -> Result<(), WriteFailed> {
        let home = self.home(&row)?;
        Ok(home.insert(self.db.deadline(), row).await.map_err(Error::from)?)
    }

    pub(crate) async fn scatter<K: ShardBy, T: Send + 'static>(
        &self,
        f: impl Fn(&mut C) -> QueryResult<T> + Clone + Send + 'static,
    ) -> Gathered<T> {
        self.db.scatter::<K, T>(f).await
    }

    /// Says which shard's row the answer is.
    pub(crate) fn served_by(&self, shard: &ShardId) {
        self.of.served_by.get_or_init(|| shard.clone());
    }

    /// Where the key lives; noted, and so routed once.
    fn home<K: ShardBy>(&self, key: &K) -> Result<Home<'_, C>, Error> {
        let home = self.db.home(key)?;
        self.served_by(home.id());
        Ok(home)
    }
}
