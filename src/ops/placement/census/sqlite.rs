use std::ops::ControlFlow;

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, connection::DefaultLoadingMode,
    sql_query, sql_types::Text,
};

use super::{
    super::Load,
    row::{ByInt, ByText, hand_on},
};
use crate::ops::tables::{KeyKind, StoredKey, Table};

pub(super) fn keys(
    conn: &mut SqliteConnection,
    tables: &[Table],
    each: &mut dyn FnMut(StoredKey, Load) -> ControlFlow<()>,
) -> QueryResult<Load> {
    let mut parts = Vec::new();
    for table in tables {
        let columns = columns(conn, table)?;
        if !columns.is_empty() {
            parts.push(of_table(table, &columns));
        }
    }
    let Some(kind) = tables.first().map(Table::kind).filter(|_| !parts.is_empty()) else {
        return Ok(Load::default());
    };
    let sql = sql_query(statement(kind, &parts));
    match kind {
        KeyKind::Int => hand_on(sql.load_iter::<ByInt, DefaultLoadingMode>(conn)?, each),
        KeyKind::Text => hand_on(sql.load_iter::<ByText, DefaultLoadingMode>(conn)?, each),
    }
}

#[derive(QueryableByName)]
struct Column {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The table's columns; none if it is not there.
fn columns(conn: &mut SqliteConnection, table: &Table) -> QueryResult<Vec<String>> {
    let (schema, name) = table.name().split_once('.').unwrap_or(("main", table.name()));
    let columns: Vec<Column> = sql_query("SELECT name FROM pragma_table_info($1, $2)")
        .bind::<Text, _>(name)
        .bind::<Text, _>(schema)
        .load(conn)?;
    Ok(columns.into_iter().map(|column| column.name).collect())
}

/// Grouped in each table by the bare column, which an index may have in order; and
/// by the region only where there is one: by a constant too, that order is lost.
fn of_table(table: &Table, columns: &[String]) -> String {
    let binary = |column: &str| format!("t.{} COLLATE BINARY", Table::quote(column));
    let (region, group) = match table.region() {
        Some(region) => (binary(region), "1, 2"),
        None => ("NULL".to_owned(), "1"),
    };
    let size = |column: &String| format!("coalesce(octet_length(t.{}), 0)", Table::quote(column));
    let sizes: Vec<_> = columns.iter().map(size).collect();
    format!(
        "SELECT {} AS id, {region} AS region, count(*) AS n, sum({}) AS size FROM {} t GROUP BY \
         {group}",
        binary(table.key()),
        sizes.join(" + "),
        table.quoted()
    )
}

/// SQLite puts any value in any column: a number in a column of text reads as
/// text, but one of another kind is found by no query of the application's, and
/// is no key.
fn statement(kind: KeyKind, parts: &[String]) -> String {
    let id = match kind {
        KeyKind::Int => "CASE WHEN typeof(id) = 'integer' THEN id END",
        KeyKind::Text => "CASE WHEN typeof(id) <> 'blob' THEN CAST(id AS TEXT) END",
    };
    format!(
        "SELECT {id} COLLATE BINARY AS id, CAST(region AS TEXT) COLLATE BINARY AS region, sum(n) \
         AS counted, sum(size) AS bytes FROM ({}) GROUP BY 1, 2 ORDER BY 1, 2",
        parts.join(" UNION ALL ")
    )
}
