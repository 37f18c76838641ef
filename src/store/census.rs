//! How much one shard holds: for operators, who ask rarely.

use std::time::Duration;

use diesel::{
    connection::SimpleConnection,
    dsl::{count_star, sql},
    prelude::*,
    sql_types::BigInt,
};

use super::schema::users;
use crate::shard::ShardConnection;

/// Makes Postgres give up on a question whose asker will have gone by then. An
/// embedded database dies with its asker.
///
/// # Errors
/// Diesel's.
pub fn hurry(conn: &mut ShardConnection, patience: Duration) -> QueryResult<()> {
    match conn {
        ShardConnection::Postgres(pg) => {
            pg.batch_execute(&format!("SET statement_timeout = {}", patience.as_millis().max(1)))
        }
        ShardConnection::Sqlite(_) => Ok(()),
    }
}

/// The database's size in bytes.
///
/// # Errors
/// Diesel's.
pub fn bytes(conn: &mut ShardConnection) -> QueryResult<u64> {
    let size = match conn {
        ShardConnection::Postgres(_) => sql::<BigInt>("pg_database_size(current_database())"),
        ShardConnection::Sqlite(_) => sql::<BigInt>(
            "(SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size())",
        ),
    };
    diesel::select(size).get_result(conn).map(i64::unsigned_abs)
}

/// How many tenants have orders here. Goes from tenant to tenant along the
/// primary key: a question of tenants, however many orders each has.
///
/// # Errors
/// Diesel's.
pub fn tenants(conn: &mut ShardConnection) -> QueryResult<u64> {
    let count = sql::<BigInt>(
        "(WITH RECURSIVE tenants (id) AS (
            SELECT min(tenant_id) FROM orders
            UNION ALL
            SELECT (SELECT min(tenant_id) FROM orders WHERE tenant_id > id)
            FROM tenants WHERE id IS NOT NULL
        ) SELECT count(id) FROM tenants)",
    );
    diesel::select(count).get_result(conn).map(i64::unsigned_abs)
}

/// How many users live here.
///
/// # Errors
/// Diesel's.
pub fn users(conn: &mut ShardConnection) -> QueryResult<u64> {
    users::table.select(count_star()).first(conn).map(i64::unsigned_abs)
}
