//! The service as a process, over a test's databases.

use crate::process::Folder;
use crate::support::app::KEYSPACES;
use crate::support::cluster::TestCluster;

/// A folder to run it in, with more settings.
pub(super) fn service(cluster: &TestCluster, more: &str) -> Folder {
    Folder::with(&format!("{}{KEYSPACES}{more}", cluster.shards_toml()))
}
