use chrono::NaiveDateTime;
use diesel::{
    PgConnection, QueryResult, SqliteConnection,
    prelude::*,
    result::{DatabaseErrorKind, Error},
};
use diesel_migrations::MigrationHarness;

use super::{Lock, MigrateError, lock};
use crate::shard::{Connect, ShardConnection};

/// A migration that a shard has behind it.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Applied {
    /// Its version, as Diesel stores it.
    pub version: String,
    /// When it was applied, in UTC.
    pub run_on: NaiveDateTime,
}

/// What migrating asks of a connection. Implemented for Diesel's Postgres and
/// SQLite connections and for [`ShardConnection`].
pub trait Migrate: Connect + MigrationHarness<<Self as Connection>::Backend> {
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
}

diesel::table! {
    __diesel_schema_migrations (version) {
        version -> Text,
        run_on -> Timestamp,
    }
}

/// The same query for each connection type: spelled once, compiled three times.
macro_rules! history {
    ($conn:expr) => {
        or_none(
            __diesel_schema_migrations::table
                .order(__diesel_schema_migrations::version)
                .load($conn),
        )
    };
}

impl Migrate for PgConnection {
    fn try_lock(&mut self) -> Result<Option<Lock>, MigrateError> {
        lock::postgres(self)
    }

    fn history(&mut self) -> QueryResult<Vec<Applied>> {
        history!(self)
    }
}

impl Migrate for SqliteConnection {
    fn try_lock(&mut self) -> Result<Option<Lock>, MigrateError> {
        lock::sqlite(self)
    }

    fn history(&mut self) -> QueryResult<Vec<Applied>> {
        history!(self)
    }
}

impl Migrate for ShardConnection {
    fn try_lock(&mut self) -> Result<Option<Lock>, MigrateError> {
        match self {
            Self::Postgres(pg) => pg.try_lock(),
            Self::Sqlite(sqlite) => sqlite.try_lock(),
        }
    }

    fn history(&mut self) -> QueryResult<Vec<Applied>> {
        history!(self)
    }
}

/// A database without Diesel's table has no migrations behind it.
fn or_none(history: QueryResult<Vec<Applied>>) -> QueryResult<Vec<Applied>> {
    match history {
        Err(Error::DatabaseError(DatabaseErrorKind::Unknown, info))
            if ["does not exist", "no such table"].iter().any(|s| info.message().contains(s)) =>
        {
            Ok(Vec::new())
        }
        other => other,
    }
}
