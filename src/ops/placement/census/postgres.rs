use std::ops::ControlFlow;

use diesel::{
    PgConnection, QueryResult, QueryableByName, RunQueryDsl,
    pg::PgRowByRowLoadingMode,
    sql_query,
    sql_types::{Bool, Text},
};

use super::{
    super::Load,
    row::{ByInt, ByText, hand_on},
};
use crate::ops::tables::{KeyKind, StoredKey, Table};

pub(super) fn keys(
    conn: &mut PgConnection,
    tables: &[Table],
    each: &mut dyn FnMut(StoredKey, Load) -> ControlFlow<()>,
) -> QueryResult<Load> {
    let mut there = Vec::new();
    for table in tables {
        if exists(conn, table)? {
            there.push(table);
        }
    }
    let Some(first) = there.first() else { return Ok(Load::default()) };
    let sql = sql_query(statement(&there));
    match first.kind() {
        KeyKind::Int => hand_on(sql.load_iter::<ByInt, PgRowByRowLoadingMode>(conn)?, each),
        KeyKind::Text => hand_on(sql.load_iter::<ByText, PgRowByRowLoadingMode>(conn)?, each),
    }
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    found: bool,
}

fn exists(conn: &mut PgConnection, table: &Table) -> QueryResult<bool> {
    let row: Found = sql_query("SELECT to_regclass($1) IS NOT NULL AS found")
        .bind::<Text, _>(table.quoted())
        .get_result(conn)?;
    Ok(row.found)
}

/// Grouped in each table first, so that what is put in order is keys, not rows.
/// By its bytes, whatever the columns' collations call equal.
fn statement(tables: &[&Table]) -> String {
    let kind = tables.first().map(|table| table.kind());
    let typed = |column: &str| match kind {
        Some(KeyKind::Int) => format!("({column})::bigint"),
        _ => format!("({column})::text COLLATE \"C\""),
    };
    let one = |table: &&Table| {
        let id = typed(&format!("t.{}", Table::quote(table.key())));
        let region = table
            .region()
            .map_or("NULL".to_owned(), |region| format!("t.{}", Table::quote(region)));
        format!(
            "SELECT {id} AS id, ({region})::text COLLATE \"C\" AS region, count(*) AS n, \
             sum(pg_column_size(t.*)) AS size FROM {} t GROUP BY 1, 2",
            table.quoted()
        )
    };
    let (id, parts) = (typed("k.id"), tables.iter().map(one).collect::<Vec<_>>());
    format!(
        "SELECT {id} AS id, k.region COLLATE \"C\" AS region, sum(n)::bigint AS counted, \
         sum(size)::bigint AS bytes FROM ({}) k GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2 NULLS \
         FIRST",
        parts.join(" UNION ALL ")
    )
}
