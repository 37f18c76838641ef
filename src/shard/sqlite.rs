use std::{path::Path, time::Duration};

use diesel::{
    Connection, ConnectionError, ConnectionResult, QueryResult, SqliteConnection,
    connection::SimpleConnection,
};

use super::{Absent, Connect, Session, connect::wrong_backend};
use crate::config::{Backend, DatabaseUrl};

/// How SQLite should be run by a service: readers beside one writer (WAL),
/// commits that survive the death of the process, foreign keys kept.
const SETTINGS: &str = "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL;";

impl Connect for SqliteConnection {
    fn reaches(backend: Backend) -> bool {
        backend == Backend::Sqlite
    }

    #[expect(clippy::disallowed_methods, reason = "the one place that opens SQLite files")]
    fn open(url: &DatabaseUrl, session: &Session) -> ConnectionResult<Self> {
        let DatabaseUrl::Sqlite(file) = url else { return Err(wrong_backend(url)) };
        if session.absent == Absent::Empty && !file.exists() {
            return Self::establish(":memory:");
        }
        let file = prepared(file)?;
        let mut connection = Self::establish(&file)?;
        // Busy time-out first: with it, turning WAL on waits for its turn too.
        let patience = session.statement_timeout.unwrap_or(session.connect_timeout);
        connection
            .limit_statements(patience)
            // It stands in the file, and who only looks leaves that as it is.
            .and_then(|()| match session.absent {
                Absent::Create => journal_in_wal(&mut connection),
                Absent::Empty => Ok(()),
            })
            .and_then(|()| connection.batch_execute(SETTINGS))
            .map_err(ConnectionError::CouldntSetupConfiguration)?;
        Ok(connection)
    }

    fn limit_statements(&mut self, limit: Duration) -> QueryResult<()> {
        self.batch_execute(&format!("PRAGMA busy_timeout = {};", limit.as_millis()))
    }

    fn write<T>(&mut self, f: impl FnOnce(&mut Self) -> QueryResult<T>) -> QueryResult<T> {
        self.immediate_transaction(f)
    }
}

/// Turns WAL on. Two processes that open a new file at once can find it locked
/// in a way that SQLite does not wait for, so this asks again.
fn journal_in_wal(connection: &mut SqliteConnection) -> QueryResult<()> {
    const TRIES: u32 = 50;
    for _ in 1..TRIES {
        match connection.batch_execute("PRAGMA journal_mode = WAL;") {
            Err(error) if error.to_string().contains("locked") => pause(),
            outcome => return outcome,
        }
    }
    connection.batch_execute("PRAGMA journal_mode = WAL;")
}

#[expect(clippy::disallowed_methods, reason = "on a blocking thread, a bounded number of times")]
fn pause() {
    std::thread::sleep(std::time::Duration::from_millis(10));
}

/// The file's name as SQLite takes it, its folder made.
fn prepared(file: &Path) -> ConnectionResult<String> {
    let bad = |message: String| ConnectionError::BadConnection(message);
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder)
            .map_err(|error| bad(format!("can't make the folder {}: {error}", folder.display())))?;
    }
    let name = file.to_str().ok_or_else(|| bad("the file name is not UTF-8".to_owned()))?;
    // A leading `file:` would be read as a URI with parameters of its own.
    Ok(if file.is_relative() { format!("./{name}") } else { name.to_owned() })
}
