//! Postgres: `COPY` both ways in its binary format, streamed from one server to the
//! other, each row hashed on its way.

mod layout;
mod literal;
mod prepare;
mod raw;
mod rows;
mod selection;
mod stream;

use diesel::{
    PgConnection, RunQueryDsl, connection::SimpleConnection, sql_query, sql_types::Text as SqlText,
};

pub(super) use prepare::{link, unlink};

use super::{Batch, Tally, TransferError};
use crate::ops::tables::{StoredId, Table};
use layout::Layout;
use literal::condition;
use selection::Selection;
use stream::{Outlet, read_into};

pub(super) fn tally(
    conn: &mut PgConnection,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    let layouts = Layout::read(conn, tables, "shard")?;
    let mut tally = Tally::new(tables, batch);
    by_index(conn)?;
    for selection in Selection::all(tables, &layouts, batch)? {
        read_into(conn, &selection, &selection.select(), "read", &mut tally, Outlet::Nowhere)?;
    }
    Ok(tally)
}

pub(super) fn copy(
    source: &mut PgConnection,
    target: &mut PgConnection,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    let layouts = Layout::read(source, tables, "source")?;
    let mut tally = Tally::new(tables, batch);
    target.batch_execute(DURABLE).map_err(TransferError::Session)?;
    by_index(source)?;
    for selection in Selection::all(tables, &layouts, batch)? {
        let outlet = Outlet::To(target);
        read_into(source, &selection, &selection.select(), "read", &mut tally, outlet)?;
    }
    Ok(tally)
}

pub(super) fn remove(
    conn: &mut PgConnection,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    let layouts = Layout::read(conn, tables, "source")?;
    let mut tally = Tally::new(tables, batch);
    by_index(conn)?;
    // What refers to a row goes before it.
    for selection in Selection::all(tables, &layouts, batch)?.into_iter().rev() {
        read_into(conn, &selection, &selection.delete(), "removed", &mut tally, Outlet::Nowhere)?;
    }
    Ok(tally)
}

#[derive(diesel::QueryableByName)]
struct Identity {
    #[diesel(sql_type = SqlText)]
    key: String,
    #[diesel(sql_type = SqlText)]
    identity: String,
}

pub(super) fn identities(
    conn: &mut PgConnection,
    table: &Table,
    batch: &Batch,
) -> Result<Vec<(StoredId, String)>, TransferError> {
    let tables = std::slice::from_ref(table);
    let layouts = Layout::read(conn, tables, "shard")?;
    let Some(primary) = layouts[0].primary_key() else { return Ok(Vec::new()) };
    let sql = format!(
        "SELECT {}::text AS key, jsonb_build_array({primary})::text AS identity FROM {} WHERE {}",
        Table::quote(table.key()),
        table.quoted(),
        condition(table, batch)?
    );
    by_index(conn)?;
    let rows: Vec<Identity> = sql_query(sql).load(conn).map_err(|source| {
        TransferError::Failed { done: "read", table: table.name().to_owned(), source }
    })?;
    let row = |row: Identity| Ok((layout::key_of_text(table, row.key)?, row.identity));
    rows.into_iter().map(row).collect()
}

/// A server whose default is to answer before it has written would lose, with its
/// power, rows that are no longer at the source. For this transaction alone.
const DURABLE: &str = "
    SELECT set_config('synchronous_commit', 'on', true)
    WHERE current_setting('synchronous_commit') = 'off'";

/// A table that has just been filled has no statistics, and a planner without them
/// takes a list of keys for most of the table: it would read all of it for every batch.
fn by_index(conn: &mut PgConnection) -> Result<(), TransferError> {
    conn.batch_execute("SET enable_seqscan = off").map_err(TransferError::Session)
}
