//! Every key that one database holds rows of: one statement a shard, read row by
//! row, so that memory does not grow with the keys.

#[cfg(feature = "postgres")]
mod postgres;
mod row;
#[cfg(feature = "sqlite")]
mod sqlite;

use std::ops::ControlFlow;

use diesel::QueryResult;

use super::Load;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
use crate::shard::{ShardConnection, either};
use crate::{
    ops::tables::{StoredKey, Table},
    shard::Connect,
};

/// Counting keys, asked of a connection. Implemented for Diesel's Postgres and
/// SQLite connections and for `ShardConnection`.
pub trait Census: Connect {
    /// Hands `each` every key that has rows in any of the tables, once and in
    /// ascending order, with what it has in all of them together, until there are
    /// no more or `each` breaks off. What comes back is the rows without a key:
    /// those where the key column is null, or (SQLite lets it) of another kind
    /// than declared.
    ///
    /// One statement, and so the state of one moment. A table that is not there
    /// yet has no rows. Changes nothing.
    ///
    /// # Errors
    /// Diesel's.
    fn keys(
        &mut self,
        tables: &[Table],
        each: &mut dyn FnMut(StoredKey, Load) -> ControlFlow<()>,
    ) -> QueryResult<Load>;
}

#[cfg(feature = "postgres")]
impl Census for diesel::PgConnection {
    fn keys(
        &mut self,
        tables: &[Table],
        each: &mut dyn FnMut(StoredKey, Load) -> ControlFlow<()>,
    ) -> QueryResult<Load> {
        postgres::keys(self, tables, each)
    }
}

#[cfg(feature = "sqlite")]
impl Census for diesel::SqliteConnection {
    fn keys(
        &mut self,
        tables: &[Table],
        each: &mut dyn FnMut(StoredKey, Load) -> ControlFlow<()>,
    ) -> QueryResult<Load> {
        sqlite::keys(self, tables, each)
    }
}

#[cfg(all(feature = "postgres", feature = "sqlite"))]
impl Census for ShardConnection {
    fn keys(
        &mut self,
        tables: &[Table],
        each: &mut dyn FnMut(StoredKey, Load) -> ControlFlow<()>,
    ) -> QueryResult<Load> {
        either!(self, conn => conn.keys(tables, each))
    }
}
