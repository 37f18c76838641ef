use diesel::{
    QueryableByName, RunQueryDsl, SqliteConnection,
    connection::DefaultLoadingMode,
    sql_query,
    sql_types::{Binary, Nullable},
};

use super::{Layout, MAIN, condition, failed, qualified};
use crate::ops::moves::transfer::{Batch, KeySum, Tally, TransferError};
use crate::ops::tables::{KeyKind, StoredId, StoredKey, Table};

/// As bytes: a text in SQLite may be none by Rust's rules.
#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Nullable<Binary>)]
    key: Option<Vec<u8>>,
    #[diesel(sql_type = Binary)]
    content: Vec<u8>,
}

impl Row {
    fn key(&self, table: &Table) -> Result<StoredId, TransferError> {
        let text = self.key.as_deref().and_then(|key| std::str::from_utf8(key).ok());
        let key = text.and_then(|text| match table.kind() {
            KeyKind::Int => text.parse().ok().map(StoredId::Int),
            KeyKind::Text => Some(StoredId::Text(text.into())),
        });
        key.ok_or_else(|| stray(table, format!("{:?}", self.key)))
    }
}

fn stray(table: &Table, key: String) -> TransferError {
    TransferError::Stray { table: table.name().to_owned(), key }
}

/// The rows of a batch, with what is asked of each.
fn query(
    schema: &str,
    table: &Table,
    batch: &Batch,
    content: &str,
) -> Result<String, TransferError> {
    let key = Table::quote(table.key());
    let class = match table.kind() {
        KeyKind::Int => "integer",
        KeyKind::Text => "text",
    };
    Ok(format!(
        "SELECT CASE typeof({key}) WHEN '{class}' THEN CAST({key} AS BLOB) END AS key, \
         {content} AS content FROM {} WHERE {}",
        qualified(schema, table),
        condition(table, batch)?
    ))
}

/// Adds what a table has of a batch to the tally, row by row.
pub(super) fn add_up(
    conn: &mut SqliteConnection,
    schema: &str,
    (at, table): (usize, &Table),
    layout: &Layout,
    batch: &Batch,
    tally: &mut Tally,
) -> Result<(), TransferError> {
    let sql = query(schema, table, batch, &layout.canonical())?;
    let rows = sql_query(sql).load_iter::<Row, DefaultLoadingMode>(conn);
    for row in rows.map_err(failed("read", table))? {
        let row = row.map_err(failed("read", table))?;
        let mut sum = KeySum::default();
        sum.add(&row.content);
        let added = tally.add(at, row.key(table)?, sum, row.content.len() as u64);
        added.map_err(|id| stray(table, StoredKey { id, region: None }.to_string()))?;
    }
    Ok(())
}

pub(in super::super) fn identities(
    conn: &mut SqliteConnection,
    table: &Table,
    batch: &Batch,
) -> Result<Vec<(StoredId, String)>, TransferError> {
    let layouts = Layout::read(conn, MAIN, std::slice::from_ref(table), "shard")?;
    let Some(primary) = layouts[0].primary_key() else { return Ok(Vec::new()) };
    let sql = query(MAIN, table, batch, &primary)?;
    let rows = sql_query(sql).load::<Row>(conn).map_err(failed("read", table))?;
    let identity =
        |row: Row| Ok((row.key(table)?, String::from_utf8_lossy(&row.content).into_owned()));
    rows.into_iter().map(identity).collect()
}
