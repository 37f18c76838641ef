#[cfg(feature = "postgres")]
use diesel::{PgConnection, connection::SimpleConnection};
use diesel::{QueryResult, QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};

use crate::ops::{
    migrate::Migrate,
    tables::{KeyspaceTables, Table},
};
#[cfg(all(feature = "postgres", feature = "sqlite"))]
use crate::shard::{ShardConnection, either};

/// How many rows of a table are read for it at most: a fraction of a second's work.
pub(super) const MOST: u64 = 2_000_000;

/// How much of a keyspace there is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Tally {
    /// Different keys.
    pub keys: u64,
    /// Rows with a key.
    pub rows: u64,
}

/// What looking at shards in passing asks of a connection. Implemented for Diesel's
/// Postgres and SQLite connections and for `ShardConnection`.
pub trait Inspect: Migrate {
    /// Sees to it that what follows takes no more of the server than one thread.
    ///
    /// # Errors
    /// Diesel's.
    fn tread_lightly(&mut self) -> QueryResult<()>;

    /// How many keys and rows a keyspace has here. None if there are more rows than
    /// are counted in passing.
    ///
    /// # Errors
    /// Diesel's.
    fn tally(&mut self, tables: &KeyspaceTables) -> QueryResult<Option<Tally>>;
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = BigInt)]
    keys: i64,
    #[diesel(sql_type = BigInt)]
    counted: i64,
}

impl Row {
    fn tally(self) -> Option<Tally> {
        let (keys, rows) = (self.keys.unsigned_abs(), self.counted.unsigned_abs());
        (rows <= MOST).then_some(Tally { keys, rows })
    }
}

#[cfg(feature = "postgres")]
impl Inspect for PgConnection {
    fn tread_lightly(&mut self) -> QueryResult<()> {
        self.batch_execute("SET max_parallel_workers_per_gather = 0")
    }

    fn tally(&mut self, tables: &KeyspaceTables) -> QueryResult<Option<Tally>> {
        Ok(sql_query(statement(tables.tables())).get_result::<Row>(self)?.tally())
    }
}

#[cfg(feature = "sqlite")]
impl Inspect for diesel::SqliteConnection {
    fn tread_lightly(&mut self) -> QueryResult<()> {
        Ok(())
    }

    fn tally(&mut self, tables: &KeyspaceTables) -> QueryResult<Option<Tally>> {
        Ok(sql_query(statement(tables.tables())).get_result::<Row>(self)?.tally())
    }
}

#[cfg(all(feature = "postgres", feature = "sqlite"))]
impl Inspect for ShardConnection {
    fn tread_lightly(&mut self) -> QueryResult<()> {
        either!(self, conn => conn.tread_lightly())
    }

    fn tally(&mut self, tables: &KeyspaceTables) -> QueryResult<Option<Tally>> {
        either!(self, conn => conn.tally(tables))
    }
}

/// Each table read no further than needed to see that it is too large: an embedded
/// database has no time-out that would end the statement.
fn statement(tables: &[Table]) -> String {
    let one = |table: &Table| {
        let (key, name) = (Table::quote(table.key()), table.quoted());
        let most = MOST + 1;
        format!(
            "SELECT k, count(*) AS n FROM (SELECT {key} AS k FROM {name} WHERE {key} IS NOT NULL \
             LIMIT {most}) t GROUP BY k"
        )
    };
    let parts: Vec<_> = tables.iter().map(one).collect();
    let Some(parts) = (!parts.is_empty()).then(|| parts.join(" UNION ALL ")) else {
        return "SELECT CAST(0 AS BIGINT) AS keys, CAST(0 AS BIGINT) AS counted".to_owned();
    };
    format!(
        "SELECT count(*) AS keys, CAST(coalesce(sum(n), 0) AS BIGINT) AS counted FROM (SELECT k, \
         sum(n) AS n FROM ({parts}) u GROUP BY k) v"
    )
}
