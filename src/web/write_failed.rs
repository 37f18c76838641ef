use std::{error, fmt};

use diesel::result::{DatabaseErrorKind, Error as QueryError};

use super::Problem;
use crate::{
    cluster::Error,
    shard::{Fault, ShardError, Wait},
};

/// A write that failed; whether it took effect may be unknown.
///
/// As a [`Problem`] it says so: `"outcome": "unknown"`.
///
/// # Examples
/// ```
/// # use diesel::{SqliteConnection, prelude::*};
/// # use shardwright::key::{ShardBy, ShardKey};
/// use shardwright::web::{Problem, Shards};
/// # diesel::table! { authors (name) { name -> Text, } }
/// # struct Author(String);
/// # impl ShardBy for Author {
/// #     const KEYSPACE: &'static str = "notes";
/// #     fn shard_key(&self) -> ShardKey<'_> { ShardKey::text(&self.0) }
/// # }
///
/// #[rocket::post("/authors/<name>")]
/// async fn join(name: String, shards: Shards<'_, Author, SqliteConnection>) -> Result<(), Problem> {
///     let insert = diesel::insert_into(authors::table).values(authors::name.eq(name.clone()));
///     match shards.write(&Author(name), move |conn| insert.execute(conn)).await {
///         Err(failed) if failed.is_unique_violation() => Err(Problem::conflict("name is taken")),
///         Err(failed) => Err(failed.into()),
///         Ok(_) => Ok(()),
///     }
/// }
/// ```
#[derive(Debug)]
pub struct WriteFailed(Error);

impl WriteFailed {
    /// Whether another row has the same key, which a handler answers with
    /// [`Problem::conflict`].
    #[must_use]
    pub fn is_unique_violation(&self) -> bool {
        matches!(
            self.query(),
            Some(QueryError::DatabaseError(DatabaseErrorKind::UniqueViolation, _))
        )
    }

    /// Whether it may have been done all the same: its answer never came.
    #[must_use]
    pub fn is_outcome_unknown(&self) -> bool {
        match &self.0 {
            Error::Shard(ShardError::Timeout { wait, .. }) => *wait == Wait::Statement,
            Error::Shard(ShardError::Query { source, .. }) => {
                Fault::of(source) == Fault::Connection
            }
            _ => false,
        }
    }

    /// The database's own word, if it is that which failed.
    #[must_use]
    pub fn query(&self) -> Option<&QueryError> {
        match &self.0 {
            Error::Shard(error) => error.query(),
            _ => None,
        }
    }
}

impl From<Error> for WriteFailed {
    fn from(error: Error) -> Self {
        Self(error)
    }
}

impl From<WriteFailed> for Error {
    fn from(failed: WriteFailed) -> Self {
        failed.0
    }
}

impl From<WriteFailed> for Problem {
    fn from(failed: WriteFailed) -> Self {
        let unknown = failed.is_outcome_unknown();
        let problem = Self::from(failed.0);
        if unknown { problem.with("outcome", "unknown") } else { problem }
    }
}

impl fmt::Display for WriteFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl error::Error for WriteFailed {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        self.0.source()
    }
}
