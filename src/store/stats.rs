//! Sums over all orders of one shard.

use std::collections::BTreeMap;

use diesel::{dsl::sql, prelude::*, sql_types::BigInt};

use super::{schema::orders, types::UtcInstant};
use crate::{
    cluster::merge::{Count, Sum},
    shard::ShardConnection,
};

/// Orders and their total in cents, by currency.
pub type ByCurrency = BTreeMap<String, (Count, Sum)>;

/// The orders made since then.
///
/// Totals are exact whatever their size: a sum of 64-bit numbers fits neither
/// 64 bits nor SQLite's `sum`, so the upper and lower halves of each are added
/// up apart.
///
/// # Errors
/// Diesel's.
pub fn since(conn: &mut ShardConnection, since: UtcInstant) -> QueryResult<ByCurrency> {
    let by_currency =
        orders::table.filter(orders::created_at.ge(since)).group_by(orders::currency).select((
            orders::currency,
            diesel::dsl::count_star(),
            sql::<BigInt>("CAST(sum(total_cents / 4294967296) AS BIGINT)"),
            sql::<BigInt>("CAST(sum(total_cents % 4294967296) AS BIGINT)"),
        ));
    let rows: Vec<(String, i64, i64, i64)> = typed!(conn, conn => by_currency.load(conn))?;
    Ok(rows
        .into_iter()
        .map(|(currency, count, upper, lower)| {
            let total = (i128::from(upper) << 32) + i128::from(lower);
            (currency, (Count(count.unsigned_abs()), Sum(total)))
        })
        .collect())
}
