use std::time::Duration;

use diesel::{ConnectionResult, QueryResult, r2d2::R2D2Connection};

use super::Session;
use crate::config::{Backend, DatabaseUrl};

/// A Diesel connection that shards can be reached by.
///
/// Implemented for `diesel::PgConnection` and `diesel::SqliteConnection` (by the
/// features `postgres` and `sqlite`), which give an application all of Diesel's
/// query language, and for [`ShardConnection`](super::ShardConnection), which is
/// either of the two.
///
/// All but the first block; they are called on the shard's blocking threads alone.
pub trait Connect: R2D2Connection + Send + Sized + 'static {
    /// Whether this type can reach a database of that kind; asked when a
    /// cluster is built, so that a wrong URL fails at launch.
    fn reaches(backend: Backend) -> bool;

    /// Opens a connection and settles its session.
    ///
    /// # Errors
    /// The driver's own words, without the password.
    fn open(url: &DatabaseUrl, session: &Session) -> ConnectionResult<Self>;

    /// Has the database end each statement that takes longer than this, from
    /// now on; where it can't, waiting for locks.
    ///
    /// # Errors
    /// The driver's.
    fn limit_statements(&mut self, limit: Duration) -> QueryResult<()>;

    /// Runs the closure in one transaction that may write from its first
    /// statement: on SQLite it takes the write lock at once, since a reader
    /// that turns writer half way can only fail.
    ///
    /// # Errors
    /// The closure's error, after a rollback; or the commit's.
    fn write<T>(&mut self, f: impl FnOnce(&mut Self) -> QueryResult<T>) -> QueryResult<T>;

    /// Runs a closure that sends one statement, or several where that costs no
    /// round trips: as a transaction by itself, or in one.
    ///
    /// # Errors
    /// As [`write`](Self::write).
    fn write_at_once<T>(&mut self, f: impl FnOnce(&mut Self) -> QueryResult<T>) -> QueryResult<T> {
        self.write(f)
    }
}

/// The error for a URL the connection type can't reach. A cluster refuses it
/// when it is built; this is for those who open connections themselves.
pub(super) fn wrong_backend(url: &DatabaseUrl) -> diesel::ConnectionError {
    let backend = url.backend();
    diesel::ConnectionError::InvalidConnectionUrl(format!(
        "this connection type does not reach {backend} databases"
    ))
}
