use std::{
    fs, io,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::SystemTime,
};

use diesel::{ConnectionError, ConnectionResult};
use tracing::{info, warn};

use super::Absent;
use crate::key::ShardId;

/// The file of an embedded shard, as this process has seen it.
///
/// A path may lead to another file from one moment to the next, while connections go on
/// with the one they have open: what they write then is lost to everyone else. So each
/// is held against the path again whenever it is used. And none is opened to another
/// file before the last to the one before is closed: SQLite finds its log and its locks
/// by name, beside the file, and would mix up the two.
#[derive(Debug)]
pub(super) struct EmbeddedFile {
    shard: ShardId,
    path: PathBuf,
    seen: Mutex<Seen>,
}

#[derive(Debug, Default)]
struct Seen {
    known: Option<Known>,
    /// Whether it was found missing since it was known.
    gone: bool,
    /// What has been told that is wrong with it.
    told: Option<String>,
}

/// The file that connections were opened to last.
#[derive(Debug)]
struct Known {
    tenancy: Tenancy,
    /// Its write-ahead log; unknown as long as there was none when a connection was opened.
    log: Option<FileId>,
}

/// Goes with each connection to a file, so that it is known how many there are.
#[derive(Debug, Clone)]
pub(super) struct Tenancy(Arc<FileId>);

/// Which file it is, whatever its name. A number is given to another file once it is
/// free; when that one was made tells the two apart, where the file system knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct FileId {
    device: u64,
    number: u64,
    made: Option<SystemTime>,
}

impl EmbeddedFile {
    pub(super) fn new(shard: ShardId, path: PathBuf) -> Self {
        Self { shard, path, seen: Mutex::default() }
    }

    /// Whether the path still leads to the file that a connection has open.
    pub(super) fn is_still(&self, tenancy: &Tenancy) -> bool {
        identify(&self.path).is_ok_and(|now| now == *tenancy.0)
    }

    /// Whether what was done on a connection is in the shard's file.
    pub(super) fn check(&self, tenancy: &Tenancy) -> ConnectionResult<()> {
        match identify(&self.path) {
            Ok(now) if now == *tenancy.0 => Ok(()),
            Ok(_) => Err(self.replaced("what was done went into the one before")),
            Err(error) => Err(self.lost(&error)),
        }
    }

    /// Whether connections of another file, or of none that is left, may be open.
    pub(super) fn is_displaced(&self) -> bool {
        self.seen().told.is_some()
    }

    /// Before a connection is opened: the file it must find; none if it has yet to be seen.
    pub(super) fn expect(&self) -> ConnectionResult<Option<Tenancy>> {
        let mut seen = self.seen();
        let gone = seen.gone;
        let Some(known) = &mut seen.known else { return Ok(None) };
        let expected = match identify(&self.path) {
            Ok(now) => self.find(known, now, gone),
            Err(error) => {
                seen.gone = true;
                Err(self.lost(&error))
            }
        };
        if expected.is_ok() {
            seen.gone = false;
        }
        self.tell(&mut seen, expected.as_ref().err());
        expected.map(Some)
    }

    fn find(&self, known: &mut Known, now: FileId, gone: bool) -> ConnectionResult<Tenancy> {
        // A number that was free may be another file's by now.
        let is_doubtful = gone && now.made.is_none() && now == *known.tenancy.0;
        if now != *known.tenancy.0 || is_doubtful {
            if Arc::strong_count(&known.tenancy.0) > 1 {
                return Err(
                    self.replaced("it is opened once all connections are closed to the one before")
                );
            }
            let is_its = |log: FileId| known.log.is_none_or(|known| known == log);
            let has_its_log = self.log().is_some_and(|(log, length)| length > 0 && is_its(log));
            if has_its_log && is_doubtful {
                return Err(self.replaced(
                    "or its own again: when a file was made is not known here. If it is its own, \
                     leave its log beside it and restart the service; if it is not, first move the \
                     files that are named like it with -wal and -shm at the end away",
                ));
            }
            if has_its_log {
                return Err(self.replaced(
                    "and beside it the log of the one before, which would be taken for its own; \
                     they hold the latest of what the shard was told. Before any command is run \
                     and before the service is restarted, move the files that are named like it \
                     with -wal and -shm at the end to where the one before is; or put that one back",
                ));
            }
            *known = Known { tenancy: Tenancy(Arc::new(now)), log: None };
        }
        Ok(known.tenancy.clone())
    }

    /// When a connection has been opened: which file it has; none if it is in memory.
    pub(super) fn opened(
        &self,
        expected: Option<Tenancy>,
        absent: Absent,
    ) -> ConnectionResult<Option<Tenancy>> {
        let now = match identify(&self.path) {
            Ok(now) => now,
            Err(_) if expected.is_none() && absent == Absent::Empty => return Ok(None),
            Err(error) => return Err(self.lost(&error)),
        };
        let mut seen = self.seen();
        let known =
            seen.known.get_or_insert_with(|| Known { tenancy: Tenancy(Arc::new(now)), log: None });
        if *known.tenancy.0 != now {
            // Opened for writing, the same file may be made anew below (overlayfs).
            let users = 1 + usize::from(expected.is_some());
            let is_free = Arc::strong_count(&known.tenancy.0) <= users;
            if !is_free || !known.tenancy.0.has_number_of(now) {
                return Err(self.replaced("it came there while the one before was being opened"));
            }
            known.tenancy = Tenancy(Arc::new(now));
        }
        known.log = self.log().map(|(id, _)| id).or(known.log);
        let tenancy = known.tenancy.clone();
        self.tell(&mut seen, None);
        Ok(Some(tenancy))
    }

    /// Its log, and how long that is.
    fn log(&self) -> Option<(FileId, u64)> {
        log_of(&self.path).map(|log| (FileId::of(&log), log.len()))
    }

    /// Says what is wrong whenever it is something else, and once that it is well again.
    fn tell(&self, seen: &mut Seen, trouble: Option<&ConnectionError>) {
        let news = trouble.map(ToString::to_string);
        if news == seen.told {
            return;
        }
        match &news {
            Some(trouble) => warn!(shard = %self.shard, "{trouble}"),
            None => info!(shard = %self.shard, "the shard's file is there again"),
        }
        seen.told = news;
    }

    fn lost(&self, error: &io::Error) -> ConnectionError {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => missing(&self.path),
            _ => {
                let path = self.path.display();
                ConnectionError::BadConnection(format!("can't look at the file {path}: {error}"))
            }
        }
    }

    fn replaced(&self, so: &str) -> ConnectionError {
        let path = self.path.display();
        ConnectionError::BadConnection(format!(
            "another file is in the place of its own: {path}; {so}"
        ))
    }

    /// What is seen is whole after every line that changes it.
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The error for a file that must be there and is not.
pub(super) fn missing(path: &Path) -> ConnectionError {
    ConnectionError::BadConnection(format!(
        "its file is missing: {}; put it back, and it is served from again",
        path.display()
    ))
}

/// The write-ahead log of a file, which SQLite keeps beside the file that a link leads to.
pub(super) fn log_of(path: &Path) -> Option<fs::Metadata> {
    let mut name = fs::canonicalize(path).ok()?.into_os_string();
    name.push("-wal");
    fs::metadata(name).ok()
}

fn identify(path: &Path) -> io::Result<FileId> {
    // Not opened: closing any descriptor of a file drops SQLite's locks on it.
    fs::metadata(path).map(|file| FileId::of(&file))
}

impl FileId {
    fn has_number_of(self, other: Self) -> bool {
        (self.device, self.number) == (other.device, other.number)
    }

    fn of(file: &fs::Metadata) -> Self {
        Self { device: file.dev(), number: file.ino(), made: file.created().ok() }
    }
}
