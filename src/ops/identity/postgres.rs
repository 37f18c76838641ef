use diesel::{
    PgConnection, QueryResult,
    connection::SimpleConnection,
    dsl::sql,
    prelude::*,
    sql_query,
    sql_types::{BigInt, Bool, Nullable, Text},
};

use super::{
    Hold, HoldMode, Identity, PlacementRecord, Records,
    hold::KEY,
    statements::{self, Row, writing},
};

writing!(PgConnection);

/// Asked for by name first: what the server says of a missing table depends on its language.
pub(super) fn records(conn: &mut PgConnection) -> QueryResult<Records> {
    let there = sql::<Bool>(
        "to_regclass('shardwright_shard') IS NOT NULL \
         AND to_regclass('shardwright_placement') IS NOT NULL",
    );
    if !diesel::select(there).get_result(conn)? {
        return Ok(Records::default());
    }
    let rows: Vec<Row> = sql_query(statements::READ).load(conn)?;
    statements::records(rows)
}

pub(super) fn present_itself(conn: &mut PgConnection) -> QueryResult<()> {
    conn.batch_execute(
        "SET application_name = 'shardwright placement apply';
         SELECT set_config('synchronous_commit', 'on', false)
         WHERE current_setting('synchronous_commit') = 'off'",
    )
}

pub(super) fn hold(conn: &mut PgConnection, mode: HoldMode) -> QueryResult<Option<Hold>> {
    let statement = match mode {
        HoldMode::Shared => sql::<Bool>("pg_try_advisory_lock_shared("),
        HoldMode::Exclusive => sql::<Bool>("pg_try_advisory_lock("),
    };
    let taken: bool = diesel::select(statement.bind::<BigInt, _>(KEY).sql(")")).get_result(conn)?;
    Ok(taken.then_some(Hold::Session))
}

pub(super) fn release(conn: &mut PgConnection, _: Hold, mode: HoldMode) -> QueryResult<()> {
    let statement = match mode {
        HoldMode::Shared => sql::<Bool>("pg_advisory_unlock_shared("),
        HoldMode::Exclusive => sql::<Bool>("pg_advisory_unlock("),
    };
    diesel::select(statement.bind::<BigInt, _>(KEY).sql(")")).get_result::<bool>(conn).map(drop)
}

/// Sessions of one program and address together. What a server shows of another
/// role's sessions is little more than that they are there.
const HOLDERS: &str = "
    SELECT coalesce(nullif(a.application_name, ''), 'a session of another role')
           || coalesce(' at ' || host(a.client_addr), '')
           || CASE count(*) WHEN 1 THEN ' (1 connection' ELSE ' (' || count(*) || ' connections' END
           || coalesce(', since ' || to_char(min(a.backend_start) AT TIME ZONE 'UTC',
                                             'YYYY-MM-DD HH24:MI:SS') || ' UTC', '')
           || ', server process ' || min(l.pid) || ')' AS holder
    FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
    WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
      AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
      AND (l.classid::bigint << 32) + l.objid::bigint = $1
      AND l.pid <> pg_backend_pid()
    GROUP BY a.application_name, a.client_addr ORDER BY 1";

#[derive(QueryableByName)]
struct Holder {
    #[diesel(sql_type = Text)]
    holder: String,
}

pub(super) fn holders(conn: &mut PgConnection) -> QueryResult<Vec<String>> {
    let rows: Vec<Holder> = sql_query(HOLDERS).bind::<BigInt, _>(KEY).load(conn)?;
    Ok(rows.into_iter().map(|row| row.holder).collect())
}
