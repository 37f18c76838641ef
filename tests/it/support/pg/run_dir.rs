//! The directory of one server: claimed before anyone can see it, removed when dropped.

use std::fs::{self, DirBuilder, File};
use std::hash::{BuildHasher, RandomState};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::process::Family;

/// What the names of run directories begin with.
pub(super) const PREFIX: &str = "run-";
/// The file whose lock says that the run directory is in use.
pub(super) const CLAIM: &str = "claim";

/// A directory `run-<pid>-<unguessable>` with the server's data and log.
#[derive(Debug)]
pub(super) struct RunDir {
    path: PathBuf,
    /// Locked for as long as this process lives and wants the directory.
    _claim: File,
}

impl RunDir {
    /// Makes a run directory in `base`.
    ///
    /// It gets its name only once it is claimed, so that a sweep never sees it without the lock.
    pub(super) fn claim(base: &Path, account: Account) -> RunDir {
        let name = format!("{PREFIX}{}-{}", std::process::id(), unguessable());
        let (unnamed, path) = (base.join(format!("new-{name}")), base.join(name));
        DirBuilder::new().mode(0o700).create(&unnamed).expect("nobody else has this name");
        account.own(&unnamed);
        let claim = File::create_new(unnamed.join(CLAIM)).expect("the directory is new");
        claim.try_lock().expect("nobody else knows this file");
        fs::rename(&unnamed, &path).expect("moves within one directory");
        RunDir { path, _claim: claim }
    }

    /// The directory itself; the server's Unix socket is here too.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Unique on this machine, and hence the server's `cluster_name`.
    pub(super) fn name(&self) -> &str {
        self.path.file_name().and_then(|name| name.to_str()).expect("made of ASCII above")
    }

    /// PostgreSQL's data directory.
    pub(super) fn data(&self) -> PathBuf {
        self.path.join("data")
    }

    /// What the server has to say, since its latest start.
    pub(super) fn log(&self) -> PathBuf {
        self.path.join("log")
    }

    /// The last lines of the log, for a panic message.
    pub(super) fn log_tail(&self) -> String {
        let log = fs::read(self.log()).unwrap_or_default();
        let log = String::from_utf8_lossy(&log);
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(30)..].join("\n")
    }

    /// The processes of the server that works here.
    pub(super) fn family(&self) -> Family {
        Family::of(&self.path)
    }
}

impl Drop for RunDir {
    /// What cannot be removed is left to the next sweep: a panic here would hide the test's own.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Sixteen hexadecimal digits that no other call on this machine gets.
pub(super) fn unguessable() -> String {
    format!("{:016x}", RandomState::new().hash_one(std::process::id()))
}
