//! SQLite: the target's connection reads the source's file itself (`ATTACH`), so
//! that rows go over inside SQLite. What they amount to is read apart from that,
//! in the same transaction and so of the same rows.

mod layout;
mod literal;
mod prepare;
mod read;

use diesel::{RunQueryDsl, SqliteConnection, sql_query};

pub(super) use prepare::{link, unlink};
pub(super) use read::identities;

use super::{Batch, Tally, TransferError};
use crate::ops::tables::Table;
use layout::Layout;
use literal::condition;
use read::add_up;

/// The database that a connection was opened for.
const MAIN: &str = "main";
/// The source's, on the target's connection.
const SOURCE: &str = "shardwright_source";

/// The table in that one of the connection's databases.
fn qualified(schema: &str, table: &Table) -> String {
    format!("{}.{}", Table::quote(schema), Table::quote(table.name()))
}

fn failed<'a>(
    done: &'static str,
    table: &'a Table,
) -> impl FnOnce(diesel::result::Error) -> TransferError + 'a {
    move |source| TransferError::Failed { done, table: table.name().to_owned(), source }
}

pub(super) fn tally(
    conn: &mut SqliteConnection,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    let layouts = Layout::read(conn, MAIN, tables, "shard")?;
    let mut tally = Tally::new(tables, batch);
    for (at, (table, layout)) in tables.iter().zip(&layouts).enumerate() {
        add_up(conn, MAIN, (at, table), layout, batch, &mut tally)?;
    }
    Ok(tally)
}

pub(super) fn copy(
    _: &mut SqliteConnection,
    target: &mut SqliteConnection,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    let layouts = Layout::read(target, SOURCE, tables, "source")?;
    let mut tally = Tally::new(tables, batch);
    for (at, (table, layout)) in tables.iter().zip(&layouts).enumerate() {
        add_up(target, SOURCE, (at, table), layout, batch, &mut tally)?;
        // A table may have been declared to replace what is in the way of a new row.
        let sql = format!(
            "INSERT OR ABORT INTO {} ({columns}) SELECT {columns} FROM {} WHERE {}",
            qualified(MAIN, table),
            qualified(SOURCE, table),
            condition(table, batch)?,
            columns = layout.columns(),
        );
        sql_query(sql).execute(target).map_err(failed("written", table))?;
    }
    Ok(tally)
}

pub(super) fn remove(
    conn: &mut SqliteConnection,
    tables: &[Table],
    batch: &Batch,
) -> Result<Tally, TransferError> {
    let there = tally(conn, tables, batch)?;
    // What refers to a row goes before it.
    for (at, table) in tables.iter().enumerate().rev() {
        let sql =
            format!("DELETE FROM {} WHERE {}", qualified(MAIN, table), condition(table, batch)?);
        let gone = sql_query(sql).execute(conn).map_err(failed("removed", table))?;
        let kept = there.rows_in(at).abs_diff(gone as u64);
        if kept > 0 {
            return Err(TransferError::Kept { table: table.name().to_owned(), rows: kept });
        }
    }
    Ok(there)
}
