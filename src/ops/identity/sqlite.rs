use std::{
    fs::{self, File, TryLockError},
    os::unix::fs::MetadataExt,
};

use diesel::{
    QueryResult, SqliteConnection,
    connection::SimpleConnection,
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sql_query,
    sql_types::{Nullable, Text},
};

use super::{
    Hold, HoldMode, Identity, PlacementRecord, Records,
    statements::{self, Row, writing},
};

writing!(SqliteConnection);

pub(super) fn records(conn: &mut SqliteConnection) -> QueryResult<Records> {
    let rows: QueryResult<Vec<Row>> = sql_query(statements::READ).load(conn);
    match rows {
        Err(Error::DatabaseError(DatabaseErrorKind::Unknown, info))
            if info.message().contains("no such table") =>
        {
            Ok(Records::default())
        }
        rows => statements::records(rows?),
    }
}

/// The kernel knows its processes.
pub(super) fn present_itself(conn: &mut SqliteConnection) -> QueryResult<()> {
    conn.batch_execute("PRAGMA synchronous = FULL")
}

/// One in memory is nobody else's.
pub(super) fn hold(conn: &mut SqliteConnection, mode: HoldMode) -> QueryResult<Option<Hold>> {
    let Some(path) = lock_file(conn)? else { return Ok(Some(Hold::Session)) };
    let failed = |error: &dyn std::fmt::Display| {
        Error::QueryBuilderError(format!("the lock file {path} can't be used: {error}").into())
    };
    let file = File::options().create(true).append(true).open(&path).map_err(|e| failed(&e))?;
    let taken = match mode {
        HoldMode::Shared => file.try_lock_shared(),
        HoldMode::Exclusive => file.try_lock(),
    };
    match taken {
        Ok(()) => Ok(Some(Hold::File(file))),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(error)) => Err(failed(&error)),
    }
}

pub(super) fn release(_: &mut SqliteConnection, hold: Hold, _: HoldMode) -> QueryResult<()> {
    drop(hold);
    Ok(())
}

fn lock_file(conn: &mut SqliteConnection) -> QueryResult<Option<String>> {
    #[derive(QueryableByName)]
    struct Database {
        #[diesel(sql_type = Text)]
        file: String,
    }
    let database: Database =
        sql_query("SELECT file FROM pragma_database_list WHERE name = 'main'").get_result(conn)?;
    Ok((!database.file.is_empty()).then(|| format!("{}.hold", database.file)))
}

/// By the kernel's list of file locks, where there is one.
pub(super) fn holders(conn: &mut SqliteConnection) -> QueryResult<Vec<String>> {
    let Some(path) = lock_file(conn)? else { return Ok(Vec::new()) };
    let (Ok(file), Ok(locks)) = (fs::metadata(path), fs::read_to_string("/proc/locks")) else {
        return Ok(Vec::new());
    };
    let mut pids: Vec<u32> = locks.lines().filter_map(|line| holder(line, file.ino())).collect();
    pids.sort_unstable();
    pids.dedup();
    pids.retain(|pid| *pid != std::process::id());
    Ok(pids.into_iter().map(named).collect())
}

/// The process in a line such as `1: FLOCK  ADVISORY  READ 4711 08:01:131 0 EOF`, if
/// it holds a lock on the file of that number.
fn holder(line: &str, inode: u64) -> Option<u32> {
    let mut words = line.split_whitespace().skip(1);
    if words.next()? != "FLOCK" {
        return None;
    }
    let pid = words.nth(2)?.parse().ok()?;
    let of: u64 = words.next()?.rsplit(':').next()?.parse().ok()?;
    (of == inode).then_some(pid)
}

fn named(pid: u32) -> String {
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    let words: Vec<_> =
        command.split(|byte| *byte == 0).map(|word| String::from_utf8_lossy(word)).collect();
    let command = words.join(" ");
    match command.trim() {
        "" => format!("process {pid}"),
        command => format!("process {pid} ({command})"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_list_is_read() {
        let line = "12: FLOCK  ADVISORY  READ  4711 fe:00:131 0 EOF";
        assert_eq!(holder(line, 131), Some(4711));
        assert_eq!(holder(line, 132), None);
        assert_eq!(holder("1: POSIX  ADVISORY  WRITE 4711 fe:00:131 0 EOF", 131), None);
        assert_eq!(holder("1: -> FLOCK  ADVISORY  READ 4711 fe:00:131 0 EOF", 131), None);
        assert_eq!(holder("", 131), None);
    }
}
