use diesel::QueryResult;
use rocket::{
    Request,
    http::Status,
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::{Problem, Way, WriteFailed};
use crate::{
    cluster::{Error, Gathered, ShardedDb},
    key::{ShardBy, ShardId},
    shard::{Row, ShardConnection},
};

/// A request's way to its shard, whatever keyspace it is about.
pub(super) struct Door<'r>(Way<'r, ShardConnection>);

impl Door<'_> {
    pub(super) async fn read<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut ShardConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Problem> {
        Ok(self.0.read(key, f).await?)
    }

    pub(super) async fn write<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut ShardConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, WriteFailed> {
        self.0.write(key, f).await
    }

    /// The row of that key, found together with what others look for.
    pub(super) async fn find<R: Row<ShardConnection>>(
        &self,
        key: R::Key,
    ) -> Result<Option<R>, Problem> {
        Ok(self.0.find(key).await?)
    }

    /// Stores a row, together with what others store.
    pub(super) async fn insert<R: Row<ShardConnection>>(&self, row: R) -> Result<(), WriteFailed> {
        self.0.insert(row).await
    }

    pub(super) async fn scatter<K: ShardBy, T: Send + 'static>(
        &self,
        f: impl Fn(&mut ShardConnection) -> QueryResult<T> + Clone + Send + 'static,
    ) -> Gathered<T> {
        self.0.scatter::<K, T>(f).await
    }

    /// Says which shard's row the answer is.
    pub(super) fn served_by(&self, shard: &ShardId) {
        self.0.served_by(shard);
    }

    /// The cluster within the request's deadline.
    pub(super) fn db(&self) -> &ShardedDb {
        &self.0.db
    }
}

/// Every shard's answer, or a problem that says how to ask for less.
pub(super) fn complete<T>(gathered: Gathered<T>) -> Result<Vec<(ShardId, T)>, Problem> {
    gathered.complete().map_err(|error| {
        let some = matches!(&error, Error::Incomplete(missing) if missing.answered > 0);
        let problem = Problem::from(error);
        if some {
            problem.advising("?partial=true asks for what there is, if that is enough")
        } else {
            problem
        }
    })
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Door<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        match Way::of(request) {
            Some(way) => Outcome::Success(Self(way)),
            None => Outcome::Error((Status::InternalServerError, ())),
        }
    }
}
