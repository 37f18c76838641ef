use diesel::QueryResult;
use rocket::{
    Request,
    http::Status,
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::{Problem, Way, WriteFailed, auth::Visitor};
use crate::{
    cluster::{Error, Gathered, ShardedDb},
    key::{ShardBy, ShardId},
    shard::{Row, ShardConnection},
};

/// A request's way to its shard, whatever keyspace it is about. Rows of a tenant's
/// are reached by its own visitors alone.
pub(super) struct Door<'r> {
    way: Way<'r, ShardConnection>,
    visitor: &'r Visitor,
}

/// Why nothing is known to have been written.
pub(super) enum Unwritten {
    /// The visitor may not, and no shard was asked.
    Refused(Problem),
    /// The call failed.
    Failed(WriteFailed),
}

impl Unwritten {
    /// Whether another row has the same key.
    pub(super) fn is_unique_violation(&self) -> bool {
        matches!(self, Self::Failed(failed) if failed.is_unique_violation())
    }
}

impl From<Unwritten> for Problem {
    fn from(unwritten: Unwritten) -> Self {
        match unwritten {
            Unwritten::Refused(problem) => problem,
            Unwritten::Failed(failed) => failed.into(),
        }
    }
}

impl Door<'_> {
    pub(super) async fn read<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut ShardConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Problem> {
        self.visitor.may_touch(key)?;
        Ok(self.way.read(key, f).await?)
    }

    pub(super) async fn write<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut ShardConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Unwritten> {
        self.visitor.may_touch(key).map_err(Unwritten::Refused)?;
        self.way.write(key, f).await.map_err(Unwritten::Failed)
    }

    /// The row of that key, found together with what others look for.
    pub(super) async fn find<R: Row<ShardConnection>>(
        &self,
        key: R::Key,
    ) -> Result<Option<R>, Problem> {
        self.visitor.may_touch(&key)?;
        Ok(self.way.find(key).await?)
    }

    /// Stores a row, together with what others store.
    pub(super) async fn insert<R: Row<ShardConnection>>(&self, row: R) -> Result<(), Unwritten> {
        self.visitor.may_touch(&row).map_err(Unwritten::Refused)?;
        self.way.insert(row).await.map_err(Unwritten::Failed)
    }

    pub(super) async fn scatter<K: ShardBy, T: Send + 'static>(
        &self,
        f: impl Fn(&mut ShardConnection) -> QueryResult<T> + Clone + Send + 'static,
    ) -> Gathered<T> {
        self.way.scatter::<K, T>(f).await
    }

    /// Says which shard's row the answer is.
    pub(super) fn served_by(&self, shard: &ShardId) {
        self.way.served_by(shard);
    }

    /// The cluster within the request's deadline.
    pub(super) fn db(&self) -> &ShardedDb {
        &self.way.db
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
            Some(way) => Outcome::Success(Self { way, visitor: Visitor::of(request) }),
            None => Outcome::Error((Status::InternalServerError, ())),
        }
    }
}
