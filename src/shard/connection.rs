#![expect(clippy::disallowed_methods, reason = "the derive's own `establish`, which nobody calls")]

use std::time::Duration;

use diesel::{
    Connection, ConnectionResult, MultiConnection, PgConnection, QueryResult, SqliteConnection,
    connection::{AnsiTransactionManager, TransactionManager},
};

use super::{Connect, Session, postgres};
use crate::config::{Backend, DatabaseUrl};

/// A connection to a shard of either backend, so that one service runs on
/// Postgres and on embedded SQLite.
///
/// Open it with [`Connect::open`], never with the derived `establish`: that one
/// tries backend after backend and, with a Postgres that is down, makes an
/// empty SQLite file named like its URL. What the two backends don't share
/// (batch inserts, `ON CONFLICT`, `FOR UPDATE`) needs a `match` on the variant.
///
/// # Examples
/// ```
/// use diesel::{QueryResult, prelude::*};
/// use shardwright::shard::ShardConnection;
///
/// diesel::table! { tags (name) { name -> Text, } }
///
/// /// Stores what is not there yet.
/// fn tag(conn: &mut ShardConnection, name: &str) -> QueryResult<usize> {
///     let insert = diesel::insert_into(tags::table).values(tags::name.eq(name));
///     match conn {
///         ShardConnection::Postgres(conn) => insert.on_conflict_do_nothing().execute(conn),
///         ShardConnection::Sqlite(conn) => insert.on_conflict_do_nothing().execute(conn),
///     }
/// }
/// ```
#[derive(MultiConnection)]
pub enum ShardConnection {
    /// A PostgreSQL server.
    Postgres(PgConnection),
    /// An embedded SQLite file.
    Sqlite(SqliteConnection),
}

/// Hands a call to whichever backend the connection is of; for the traits that upper
/// floors implement for all three connection types.
macro_rules! either {
    ($self:expr, $conn:ident => $call:expr) => {
        match $self {
            Self::Postgres($conn) => $call,
            Self::Sqlite($conn) => $call,
        }
    };
}

pub(crate) use either;

impl Connect for ShardConnection {
    fn reaches(_: Backend) -> bool {
        true
    }

    fn open(url: &DatabaseUrl, session: &Session) -> ConnectionResult<Self> {
        match url.backend() {
            Backend::Postgres => PgConnection::open(url, session).map(Self::Postgres),
            Backend::Sqlite => SqliteConnection::open(url, session).map(Self::Sqlite),
        }
    }

    fn limit_statements(&mut self, limit: Duration) -> QueryResult<()> {
        either!(self, conn => conn.limit_statements(limit))
    }

    fn write<T>(&mut self, f: impl FnOnce(&mut Self) -> QueryResult<T>) -> QueryResult<T> {
        type Manager = <ShardConnection as Connection>::TransactionManager;
        match self {
            Self::Postgres(_) => Manager::begin_transaction(self)?,
            Self::Sqlite(sqlite) => {
                AnsiTransactionManager::begin_transaction_sql(sqlite, "BEGIN IMMEDIATE")?;
            }
        }
        match (f(self), self) {
            (Ok(value), Self::Postgres(pg)) => postgres::commit(pg).map(|()| value),
            (Ok(value), conn) => Manager::commit_transaction(conn).map(|()| value),
            (Err(error), conn) => {
                // What the caller needs to know is why. A rollback that fails has
                // lost the connection, and the pool will see so.
                let _ = Manager::rollback_transaction(conn);
                Err(error)
            }
        }
    }

    fn write_at_once<T>(&mut self, f: impl FnOnce(&mut Self) -> QueryResult<T>) -> QueryResult<T> {
        match self {
            Self::Postgres(_) => f(self),
            Self::Sqlite(_) => self.write(f),
        }
    }
}
