use diesel::{QueryResult, connection::Connection};
use diesel_migrations::MigrationHarness;

use super::{Applied, DdlLimits, Lock, MigrateError, Schema, history, lock, schema};
use crate::ops::identity::Identify;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
use crate::shard::{ShardConnection, either};

/// What migrating asks of a connection. Implemented for Diesel's Postgres and
/// SQLite connections and for `ShardConnection`.
pub trait Migrate: Identify + MigrationHarness<<Self as Connection>::Backend> {
    /// The shard's migration lock, if nobody holds it. Never waits.
    ///
    /// # Errors
    /// If it can't be asked for.
    fn try_lock(&mut self) -> Result<Option<Lock>, MigrateError>;

    /// The migrations applied so far, in order of version; none on a database
    /// that was never migrated. Changes nothing.
    ///
    /// # Errors
    /// Diesel's.
    fn history(&mut self) -> QueryResult<Vec<Applied>>;

    /// Sets how long the next migration's statements may wait and run;
    /// `concurrently` for one that holds up nobody while it waits.
    ///
    /// # Errors
    /// Diesel's.
    fn limit(&mut self, limits: &DdlLimits, concurrently: bool) -> QueryResult<()>;

    /// The live schema, read from the catalog. Changes nothing.
    ///
    /// # Errors
    /// Diesel's.
    fn schema(&mut self) -> QueryResult<Schema>;
}

#[cfg(feature = "postgres")]
impl Migrate for diesel::PgConnection {
    fn try_lock(&mut self) -> Result<Option<Lock>, MigrateError> {
        lock::postgres(self)
    }

    fn history(&mut self) -> QueryResult<Vec<Applied>> {
        history::postgres(self)
    }

    fn limit(&mut self, limits: &DdlLimits, concurrently: bool) -> QueryResult<()> {
        limits.on_postgres(self, concurrently)
    }

    fn schema(&mut self) -> QueryResult<Schema> {
        schema::postgres(self)
    }
}

#[cfg(feature = "sqlite")]
impl Migrate for diesel::SqliteConnection {
    fn try_lock(&mut self) -> Result<Option<Lock>, MigrateError> {
        lock::sqlite(self)
    }

    fn history(&mut self) -> QueryResult<Vec<Applied>> {
        history::sqlite(self)
    }

    fn limit(&mut self, limits: &DdlLimits, _: bool) -> QueryResult<()> {
        limits.on_sqlite(self)
    }

    fn schema(&mut self) -> QueryResult<Schema> {
        schema::sqlite(self)
    }
}

#[cfg(all(feature = "postgres", feature = "sqlite"))]
impl Migrate for ShardConnection {
    fn try_lock(&mut self) -> Result<Option<Lock>, MigrateError> {
        either!(self, conn => conn.try_lock())
    }

    fn history(&mut self) -> QueryResult<Vec<Applied>> {
        either!(self, conn => conn.history())
    }

    fn limit(&mut self, limits: &DdlLimits, concurrently: bool) -> QueryResult<()> {
        either!(self, conn => conn.limit(limits, concurrently))
    }

    fn schema(&mut self) -> QueryResult<Schema> {
        either!(self, conn => conn.schema())
    }
}
