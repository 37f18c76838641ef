use std::{path::Path, time::Duration};

use diesel::{
    Connection, ConnectionError, ConnectionResult, QueryResult, SqliteConnection,
    connection::SimpleConnection,
};

use super::{
    Absent, Connect, Purpose, Session,
    connect::wrong_backend,
    file::{log_of, missing},
};
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
        let mut connection = match session.absent {
            Absent::Create => Self::establish(&prepared(file)?)?,
            Absent::Empty if !file.exists() => return Self::establish(":memory:"),
            Absent::Missing if !file.exists() => return Err(missing(file)),
            Absent::Empty | Absent::Missing => Self::establish(&existing(file, session.purpose)?)?,
        };
        // Busy time-out first: with it, turning WAL on waits for its turn too.
        let patience = session.statement_timeout.unwrap_or(session.connect_timeout);
        connection
            .limit_statements(patience)
            // It stands in the file, and who only looks leaves that as it is.
            .and_then(|()| match session.purpose {
                Purpose::Work => journal_in_wal(&mut connection),
                Purpose::Look => Ok(()),
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

/// A file's URI by which it is opened if it is there, and else not made, even if it
/// was there a moment ago. Who only looks does not write into it what its log holds, which
/// the last one to close a file does: it may be the log of another that was there before.
fn existing(file: &Path, purpose: Purpose) -> ConnectionResult<String> {
    // Two slashes more, or the first folder could be taken for a host.
    let root = if file.is_absolute() { "file://" } else { "file:" };
    let escaped = name(file)?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    let has_log = || log_of(file).is_some_and(|log| log.len() > 0);
    let mode = if purpose == Purpose::Look && has_log() { "ro" } else { "rw" };
    Ok(format!("{root}{escaped}?mode={mode}"))
}

/// The file's name as SQLite takes it, its folder made.
fn prepared(file: &Path) -> ConnectionResult<String> {
    if let Some(folder) = file.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        std::fs::create_dir_all(folder).map_err(|error| {
            bad(&format!("can't make the folder {}: {error}", folder.display()))
        })?;
    }
    let name = name(file)?;
    // A leading `file:` would be read as a URI with parameters of its own.
    Ok(if file.is_relative() { format!("./{name}") } else { name.to_owned() })
}

fn name(file: &Path) -> ConnectionResult<&str> {
    file.to_str().ok_or_else(|| bad("the file name is not UTF-8"))
}

fn bad(message: &str) -> ConnectionError {
    ConnectionError::BadConnection(message.to_owned())
}
