use std::{fs, os::unix::fs::MetadataExt, path::Path};

use diesel::{
    QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, connection::SimpleConnection,
    sql_query, sql_types::Text,
};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};

use super::{Layout, MAIN, SOURCE, literal::literal};
use crate::ops::{moves::transfer::TransferError, tables::Table};

pub(in super::super) fn link(
    source: &mut SqliteConnection,
    target: &mut SqliteConnection,
    tables: &[Table],
) -> Result<(), TransferError> {
    let (from, to) = (file(source)?, file(target)?);
    if is_same(&from, &to) {
        return Err(TransferError::SameDatabase);
    }
    let here = Layout::read(source, MAIN, tables, "source")?;
    let there = Layout::read(target, MAIN, tables, "target")?;
    for (table, (here, there)) in tables.iter().zip(here.iter().zip(&there)) {
        here.matches(table, there)?;
    }
    nothing_hangs_on(source, tables)?;
    attach(target, &from).map_err(TransferError::Session)
}

pub(in super::super) fn unlink(target: &mut SqliteConnection) -> Result<(), TransferError> {
    detach(target).map_err(TransferError::Session)
}

#[derive(QueryableByName)]
struct File {
    #[diesel(sql_type = Text)]
    file: String,
}

fn files(conn: &mut SqliteConnection, schema: &str) -> QueryResult<Vec<File>> {
    sql_query("SELECT coalesce(file, '') AS file FROM pragma_database_list WHERE name = ?")
        .bind::<Text, _>(schema)
        .load(conn)
}

fn file(conn: &mut SqliteConnection) -> Result<String, TransferError> {
    let files = files(conn, MAIN).map_err(TransferError::Session)?;
    let file = files.into_iter().map(|file| file.file).next().unwrap_or_default();
    if file.is_empty() { Err(TransferError::InMemory) } else { Ok(file) }
}

/// By what the file system says of the names. The files themselves are not opened:
/// closing one would drop the locks that SQLite holds on it in this process.
fn is_same(one: &str, other: &str) -> bool {
    let identity =
        |file: &str| fs::metadata(Path::new(file)).map(|file| (file.dev(), file.ino())).ok();
    one == other || identity(one).is_some_and(|file| identity(other) == Some(file))
}

/// What a file's name must not hold as it is in a URI.
const RESERVED: &AsciiSet = &CONTROLS.add(b' ').add(b'#').add(b'%').add(b'?');

/// Read-only; and has commits reach the disk before they count, which in WAL mode
/// they otherwise need not: rows that are no longer at the source must not be lost
/// with the power.
fn attach(target: &mut SqliteConnection, file: &str) -> QueryResult<()> {
    detach(target)?;
    let uri = format!("file:{}?mode=ro", utf8_percent_encode(file, RESERVED));
    target.batch_execute(&format!("ATTACH {} AS {SOURCE}", literal(&uri)))?;
    target.batch_execute("PRAGMA main.synchronous = FULL")
}

/// Commits go on reaching the disk: what was moved must stay so, whatever follows.
fn detach(target: &mut SqliteConnection) -> QueryResult<()> {
    if files(target, SOURCE)?.is_empty() {
        return Ok(());
    }
    target.batch_execute(&format!("DETACH {SOURCE}"))
}

#[derive(QueryableByName)]
struct Hanging {
    #[diesel(sql_type = Text)]
    by: String,
    #[diesel(sql_type = Text)]
    action: String,
    /// The columns that refer and those referred to, as `own>theirs`.
    #[diesel(sql_type = Text)]
    columns: String,
}

/// What refers to a declared table and would be changed without a word: it is not
/// declared itself, or rows of one key refer to those of another.
const HANGING: &str = "
SELECT m.name AS by, f.on_delete AS action,
       group_concat(f.\"from\" || '>' || coalesce(f.\"to\", (
           SELECT name FROM pragma_table_info(f.\"table\") WHERE pk = f.seq + 1), '')) AS columns
FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
WHERE m.type = 'table' AND lower(f.\"table\") = lower(?)
  AND f.on_delete IN ('CASCADE', 'SET NULL', 'SET DEFAULT')
GROUP BY m.name, f.id, f.on_delete";

fn nothing_hangs_on(conn: &mut SqliteConnection, tables: &[Table]) -> Result<(), TransferError> {
    for table in tables {
        let hanging: Vec<Hanging> = sql_query(HANGING)
            .bind::<Text, _>(table.name())
            .load(conn)
            .map_err(TransferError::Session)?;
        let by_key = |row: &Hanging| {
            let own = tables.iter().find(|table| table.name() == row.by);
            let pair = own.map(|own| format!("{}>{}", own.key(), table.key()));
            pair.is_some_and(|pair| row.columns.split(',').any(|columns| columns == pair))
        };
        if let Some(Hanging { by, action, .. }) = hanging.into_iter().find(|row| !by_key(row)) {
            return Err(TransferError::Cascade { table: table.name().to_owned(), by, action });
        }
    }
    Ok(())
}
