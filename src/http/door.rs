use std::sync::OnceLock;

use diesel::QueryResult;
use rocket::{
    Request, Response,
    fairing::{Fairing, Info, Kind},
    http::{Header, Status},
    outcome::Outcome,
    request::{self, FromRequest},
};

use super::{Problem, auth::Visitor};
use crate::{
    cluster::{Error, Gathered, ShardedDb},
    key::{ShardBy, ShardId},
    shard::{Access, Fault, Row, Shard, ShardConnection, ShardError, Wait},
};

/// A request's way to its shard: the cluster with the request's deadline, which
/// notes who served it for the `X-Shard` header. Rows of a tenant's are reached
/// by its own visitors alone.
pub(super) struct Door<'r> {
    pub(super) db: ShardedDb,
    served_by: &'r ServedBy,
    visitor: &'r Visitor,
}

#[derive(Debug, Default)]
struct ServedBy(OnceLock<ShardId>);

impl Door<'_> {
    pub(super) async fn read<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut ShardConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Problem> {
        let shard = self.home(key)?;
        Ok(shard.run(Access::Read, self.db.deadline(), f).await.map_err(Error::from)?)
    }

    pub(super) async fn write<K: ShardBy, T: Send + 'static>(
        &self,
        key: &K,
        f: impl FnOnce(&mut ShardConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, WriteFailed> {
        let shard = self.home(key).map_err(WriteFailed::Refused)?;
        let written = shard.run(Access::Write, self.db.deadline(), f).await;
        written.map_err(|error| WriteFailed::Failed(error.into()))
    }

    /// The row of that key, found together with what others look for.
    pub(super) async fn find<R: Row<ShardConnection>>(
        &self,
        key: R::Key,
    ) -> Result<Option<R>, Problem> {
        let shard = self.home(&key)?;
        Ok(shard.find(self.db.deadline(), key).await.map_err(Error::from)?)
    }

    /// Stores a row, together with what others store.
    pub(super) async fn insert<R: Row<ShardConnection>>(&self, row: R) -> Result<(), WriteFailed> {
        let shard = self.home(&row).map_err(WriteFailed::Refused)?;
        let stored = shard.insert(self.db.deadline(), row).await;
        stored.map_err(|error| WriteFailed::Failed(error.into()))
    }

    /// Where the key lives, if it is the visitor's; noted, and so routed once.
    fn home<K: ShardBy>(&self, key: &K) -> Result<&Shard<ShardConnection>, Problem> {
        self.visitor.may_touch(key)?;
        let shard = self.db.home(key)?;
        self.served_by(shard.id());
        Ok(shard)
    }

    pub(super) async fn scatter<K: ShardBy, T: Send + 'static>(
        &self,
        f: impl Fn(&mut ShardConnection) -> QueryResult<T> + Clone + Send + 'static,
    ) -> Gathered<T> {
        self.db.scatter::<K, T>(f).await
    }

    /// Says which shard's row the answer is.
    pub(super) fn served_by(&self, shard: &ShardId) {
        self.served_by.0.get_or_init(|| shard.clone());
    }
}

/// A write that failed.
pub(super) enum WriteFailed {
    /// Before any shard was asked.
    Refused(Problem),
    /// At a shard; whether it took effect may be unknown.
    Failed(Error),
}

impl WriteFailed {
    pub(super) fn is_unique_violation(&self) -> bool {
        use diesel::result::{DatabaseErrorKind, Error as Query};
        let query = match self {
            Self::Failed(Error::Shard(error)) => error.query(),
            _ => None,
        };
        matches!(query, Some(Query::DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
    }

    fn is_outcome_unknown(&self) -> bool {
        match self {
            Self::Failed(Error::Shard(ShardError::Timeout { wait, .. })) => {
                *wait == Wait::Statement
            }
            Self::Failed(Error::Shard(ShardError::Query { source, .. })) => {
                Fault::of(source) == Fault::Connection
            }
            _ => false,
        }
    }
}

impl From<WriteFailed> for Problem {
    fn from(failed: WriteFailed) -> Self {
        let unknown = failed.is_outcome_unknown();
        let problem = match failed {
            WriteFailed::Refused(problem) => problem,
            WriteFailed::Failed(error) => Self::from(error),
        };
        if unknown { problem.with("outcome", "unknown") } else { problem }
    }
}

#[rocket::async_trait]
impl<'r> FromRequest<'r> for Door<'r> {
    type Error = ();

    async fn from_request(request: &'r Request<'_>) -> request::Outcome<Self, ()> {
        let served_by = request.local_cache(ServedBy::default);
        let visitor = Visitor::of(request);
        match request.rocket().state::<ShardedDb>() {
            Some(db) => Outcome::Success(Self { db: db.per_request(), served_by, visitor }),
            None => Outcome::Error((Status::InternalServerError, ())),
        }
    }
}

/// Puts `X-Shard` on the responses to keyed requests, failed ones too.
pub(super) struct ShardHeader;

#[rocket::async_trait]
impl Fairing for ShardHeader {
    fn info(&self) -> Info {
        Info { name: "shard header", kind: Kind::Response }
    }

    async fn on_response<'r>(&self, request: &'r Request<'_>, response: &mut Response<'r>) {
        if let Some(shard) = request.local_cache(ServedBy::default).0.get() {
            response.set_header(Header::new("X-Shard", shard.to_string()));
        }
    }
}
