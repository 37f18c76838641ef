//! Sums over all orders of one shard.

use std::collections::BTreeMap;

use diesel::{
    pg::Pg,
    prelude::*,
    query_builder::{AstPass, Query, QueryFragment, QueryId},
    result::Error,
    sql_types::{BigInt, Text},
    sqlite::Sqlite,
};

use super::types::{UtcInstant, sql::Instant};
use crate::{
    cluster::merge::{Count, Sum},
    shard::ShardConnection,
};

/// Orders and their total in cents, by currency.
pub type ByCurrency = BTreeMap<String, (Count, Sum)>;

/// The orders made since then, read from an index alone.
///
/// Totals are exact whatever their size. A sum of 64-bit numbers does not fit 64 bits:
/// Postgres adds up wider numbers, which are taken as text; in SQLite, whose `sum` fails,
/// the upper and lower halves of each are added up apart.
///
/// # Errors
/// Diesel's.
pub fn since(conn: &mut ShardConnection, since: UtcInstant) -> QueryResult<ByCurrency> {
    match conn {
        ShardConnection::Postgres(pg) => {
            let rows: Vec<(String, i64, String)> = Totals(since).load(pg)?;
            let exact = |(currency, count, total): (String, i64, String)| {
                let total = total.parse::<i128>();
                let total = total.map_err(|error| Error::DeserializationError(Box::new(error)))?;
                Ok((currency, (Count(count.unsigned_abs()), Sum(total))))
            };
            rows.into_iter().map(exact).collect()
        }
        ShardConnection::Sqlite(sqlite) => {
            let rows: Vec<(String, i64, i64, i64)> = Halves(since).load(sqlite)?;
            let whole = |(currency, count, upper, lower): (String, i64, i64, i64)| {
                let total = (i128::from(upper) << 32) + i128::from(lower);
                (currency, (Count(count.unsigned_abs()), Sum(total)))
            };
            Ok(rows.into_iter().map(whole).collect())
        }
    }
}

/// Written by hand, since Diesel keeps no statement prepared that holds a piece of SQL.
#[derive(QueryId)]
struct Totals(UtcInstant);

impl QueryFragment<Pg> for Totals {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "SELECT currency, count(*), CAST(sum(total_cents) AS text) FROM orders \
             WHERE created_at >= ",
        );
        out.push_bind_param::<Instant, _>(&self.0)?;
        out.push_sql(" GROUP BY currency");
        Ok(())
    }
}

impl Query for Totals {
    type SqlType = (Text, BigInt, Text);
}

impl RunQueryDsl<PgConnection> for Totals {}

/// The same in halves.
#[derive(QueryId)]
struct Halves(UtcInstant);

impl QueryFragment<Sqlite> for Halves {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Sqlite>) -> QueryResult<()> {
        out.push_sql(
            "SELECT currency, count(*), sum(total_cents >> 32), sum(total_cents & 4294967295) \
             FROM orders WHERE created_at >= ",
        );
        out.push_bind_param::<Instant, _>(&self.0)?;
        out.push_sql(" GROUP BY currency");
        Ok(())
    }
}

impl Query for Halves {
    type SqlType = (Text, BigInt, BigInt, BigInt);
}

impl RunQueryDsl<SqliteConnection> for Halves {}

#[cfg(test)]
mod tests {
    use diesel::{connection::SimpleConnection, sql_query};

    use super::*;

    #[derive(QueryableByName)]
    struct Step {
        #[diesel(sql_type = Text)]
        detail: String,
    }

    #[test]
    #[expect(clippy::disallowed_methods, reason = "a database in memory, of no shard")]
    fn sqlite_reads_the_index_alone() {
        let mut conn = SqliteConnection::establish(":memory:").expect("there is memory");
        let tables = include_str!("../../migrations/sqlite/2026-11-21-000001_create_orders/up.sql");
        conn.batch_execute(tables).expect("it is SQL");
        let query = Halves(UtcInstant::now());
        let sql = diesel::debug_query::<Sqlite, _>(&query).to_string();
        let (sql, _) = sql.split_once(" -- binds").expect("binds come last");
        let explain = sql_query(format!("EXPLAIN QUERY PLAN {sql}")).bind::<Text, _>("2026");
        let steps: Vec<Step> = explain.load(&mut conn).expect("a plan");
        let reads: Vec<_> = steps.iter().filter(|step| step.detail.contains("orders")).collect();
        let [read] = &reads[..] else { panic!("the table is read {} times", reads.len()) };
        assert!(read.detail.contains("USING COVERING INDEX orders_recent"), "{}", read.detail);
    }
}
