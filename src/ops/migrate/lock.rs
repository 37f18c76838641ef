use std::{
    fs::File,
    time::{Duration, Instant},
};

use diesel::prelude::*;

use super::{Migrate, MigrateError, Stop};

/// The Postgres advisory lock's key: eight letters in ASCII, so that anyone who
/// meets it in `pg_locks` can tell whose it is.
#[cfg(feature = "postgres")]
const KEY: i64 = i64::from_be_bytes(*b"shrdwmig");
/// How often a lock that is held is asked for again.
const POLL: Duration = Duration::from_millis(50);

/// A shard's migration lock. It goes with the connection (Postgres) or with
/// this value (SQLite), so a process that is killed leaves none behind.
#[derive(Debug)]
pub enum Lock {
    /// A session advisory lock, held by the connection it was taken on.
    Session,
    /// A lock on the file beside the database.
    File(File),
}

/// Asks again and again, between statements: a session that *waits* inside one
/// holds a snapshot, and `CREATE INDEX CONCURRENTLY` would wait for it in turn.
/// `locked_out` is called once if it has to wait at all; a stop ends the wait
/// without the lock.
pub(super) fn wait<C: Migrate>(
    conn: &mut C,
    patience: Duration,
    stop: &Stop,
    locked_out: impl FnOnce(),
) -> Result<Option<Lock>, MigrateError> {
    let began = Instant::now();
    let mut locked_out = Some(locked_out);
    loop {
        if let Some(lock) = conn.try_lock()? {
            return Ok(Some(lock));
        }
        if let Some(tell) = locked_out.take() {
            tell();
        }
        if stop.is_requested() {
            return Ok(None);
        }
        if began.elapsed() >= patience {
            return Err(MigrateError::Locked(patience));
        }
        pause(POLL);
    }
}

#[expect(clippy::disallowed_methods, reason = "on a blocking thread of its own, within a limit")]
pub(super) fn pause(wait: Duration) {
    std::thread::sleep(wait);
}

#[cfg(feature = "postgres")]
pub(super) fn postgres(conn: &mut PgConnection) -> Result<Option<Lock>, MigrateError> {
    use diesel::connection::SimpleConnection;

    define_sql_function!(fn pg_try_advisory_lock(key: diesel::sql_types::BigInt) -> diesel::sql_types::Bool);
    let taken: bool =
        diesel::select(pg_try_advisory_lock(KEY)).get_result(conn).map_err(MigrateError::Lock)?;
    if taken {
        // A server in the midst of a statement does not notice that its client was
        // killed, and would hold the lock until the statement ends. Servers before
        // Postgres 14 can't be told to look, and do without.
        let _ = conn.batch_execute("SET client_connection_check_interval = '1s'");
    }
    Ok(taken.then_some(Lock::Session))
}

#[cfg(feature = "sqlite")]
pub(super) fn sqlite(conn: &mut SqliteConnection) -> Result<Option<Lock>, MigrateError> {
    #[derive(QueryableByName)]
    struct Database {
        #[diesel(sql_type = diesel::sql_types::Text)]
        file: String,
    }
    let database: Database =
        diesel::sql_query("SELECT file FROM pragma_database_list WHERE name = 'main'")
            .get_result(conn)
            .map_err(MigrateError::Lock)?;
    let path = format!("{}.migrating", database.file);
    let failed = |source| MigrateError::LockFile { path: path.clone(), source };
    let file = File::options().create(true).append(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(Lock::File(file))),
        Err(std::fs::TryLockError::WouldBlock) => Ok(None),
        Err(std::fs::TryLockError::Error(source)) => Err(failed(source)),
    }
}
