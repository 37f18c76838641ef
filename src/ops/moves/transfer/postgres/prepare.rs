use diesel::{
    PgConnection, QueryableByName, RunQueryDsl, sql_query,
    sql_types::{Array, BigInt, Bool, Text},
};

use super::layout::Layout;
use crate::ops::{moves::transfer::TransferError, tables::Table};

pub(in super::super) fn link(
    source: &mut PgConnection,
    target: &mut PgConnection,
    tables: &[Table],
) -> Result<(), TransferError> {
    if is_same(source, target).map_err(TransferError::Session)? {
        return Err(TransferError::SameDatabase);
    }
    let here = Layout::read(source, tables, "source")?;
    let there = Layout::read(target, tables, "target")?;
    for (table, (here, there)) in tables.iter().zip(here.iter().zip(&there)) {
        here.matches(table, there)?;
    }
    nothing_hangs_on(source, tables)
}

#[expect(clippy::unnecessary_wraps, reason = "as the other backend has it")]
pub(in super::super) fn unlink(_: &mut PgConnection) -> Result<(), TransferError> {
    Ok(())
}

#[derive(QueryableByName)]
struct Answer {
    #[diesel(sql_type = Bool)]
    yes: bool,
}

/// Whether two connections lead to one database, whatever their URLs say: a lock
/// that one of them holds, the other can't have. Copied servers share every id.
fn is_same(source: &mut PgConnection, target: &mut PgConnection) -> diesel::QueryResult<bool> {
    const TRY: &str = "SELECT pg_try_advisory_lock($1) AS yes";
    const GIVE: &str = "SELECT pg_advisory_unlock($1) AS yes";
    let number =
        i64::from_be_bytes(*uuid::Uuid::now_v7().as_bytes().last_chunk().unwrap_or(&[7; 8]));
    let ask = |conn: &mut PgConnection, sql| {
        let answer = sql_query(sql).bind::<BigInt, _>(number).get_result::<Answer>(conn);
        answer.map(|answer| answer.yes)
    };
    ask(target, TRY)?;
    let free = ask(source, TRY)?;
    if free {
        ask(source, GIVE)?;
    }
    ask(target, GIVE)?;
    Ok(!free)
}

#[derive(QueryableByName)]
struct Hanging {
    #[diesel(sql_type = Text)]
    referred: String,
    #[diesel(sql_type = Text)]
    by: String,
    #[diesel(sql_type = Text)]
    action: String,
}

/// What refers to a declared table and would be changed without a word: it is not
/// declared itself, or rows of one key refer to those of another.
const HANGING: &str = "
SELECT t.name AS referred, c.conrelid::regclass::text AS by,
       CASE c.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'SET DEFAULT' END
       AS action
FROM unnest($1, $2) AS t(name, key)
JOIN pg_constraint c ON c.contype = 'f' AND c.confrelid = to_regclass(t.name)
WHERE c.confdeltype IN ('c', 'n', 'd')
  AND NOT EXISTS (
      SELECT FROM unnest($1, $2) AS d(name, key), unnest(c.conkey, c.confkey) AS pair(own, theirs)
      JOIN pg_attribute o ON o.attrelid = c.conrelid AND o.attnum = pair.own
      JOIN pg_attribute t2 ON t2.attrelid = c.confrelid AND t2.attnum = pair.theirs
      WHERE to_regclass(d.name) = c.conrelid AND o.attname = d.key AND t2.attname = t.key)
LIMIT 1";

fn nothing_hangs_on(conn: &mut PgConnection, tables: &[Table]) -> Result<(), TransferError> {
    let names: Vec<String> = tables.iter().map(Table::quoted).collect();
    let hanging: Vec<Hanging> = sql_query(HANGING)
        .bind::<Array<Text>, _>(names)
        .bind::<Array<Text>, _>(tables.iter().map(Table::key).collect::<Vec<_>>())
        .load(conn)
        .map_err(TransferError::Session)?;
    match hanging.into_iter().next() {
        None => Ok(()),
        Some(Hanging { referred, by, action }) => {
            Err(TransferError::Cascade { table: referred, by, action })
        }
    }
}
