//! The files of a SQLite shard, to be moved about under a service.

use std::fs;
use std::path::{Path, PathBuf};

use super::cluster::TestCluster;

/// The files of a shard: the database, its log and the log's index.
#[derive(Debug)]
pub(crate) struct Files(pub(crate) PathBuf);

impl Files {
    /// Those of a cluster of SQLite files.
    pub(crate) fn of(cluster: &TestCluster, shard: usize) -> Files {
        Files(cluster.urls()[shard].trim_start_matches("sqlite://").into())
    }

    fn with(&self, ending: &str) -> PathBuf {
        format!("{}{ending}", self.0.display()).into()
    }

    fn aside(&self) -> PathBuf {
        self.with(".aside")
    }

    /// Renames the database alone.
    pub(crate) fn take_away(&self) {
        fs::rename(&self.0, self.aside()).expect("it is there");
    }

    /// Undoes that, whatever is in its place by now.
    pub(crate) fn put_back(&self) {
        fs::rename(self.aside(), &self.0).expect("it was put aside");
    }

    /// Puts a whole database in the place of this one, by one step.
    pub(crate) fn replace_by(&self, other: &Path) {
        let whole = self.with(".whole");
        fs::copy(other, &whole).expect("it is there");
        fs::rename(&whole, &self.0).expect("the same folder");
    }

    /// Removes what SQLite keeps beside it.
    pub(crate) fn clear_log(&self) {
        for ending in ["-wal", "-shm"] {
            let _ = fs::remove_file(self.with(ending));
        }
    }

    /// Copies the database and its log to another place, as they are now.
    pub(crate) fn copy_to(&self, other: &Files) {
        for ending in ["", "-wal"] {
            fs::copy(self.with(ending), other.with(ending)).expect("it is there");
        }
    }

    /// What its log holds.
    pub(crate) fn log(&self) -> Vec<u8> {
        fs::read(self.with("-wal")).unwrap_or_default()
    }
}
