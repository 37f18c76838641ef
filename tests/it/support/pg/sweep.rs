//! Cleaning up after test runs that were killed, and so could not do it themselves.

use std::fs::{self, File};
use std::path::Path;

use super::account::Account;
use super::process::Family;
use super::run_dir::{CLAIM, PREFIX};
use super::shm;

/// Ends the servers and removes the directories of all runs in `base` whose owner is dead.
///
/// A living run's claim is locked, so a lock that can be had proves that its owner is gone, without
/// guessing from process ids, which are used again. While it is held here, no other sweep touches
/// the same leftover. What cannot be removed is left to the next sweep.
pub(super) fn sweep(base: &Path, account: Account) {
    for entry in fs::read_dir(base).expect("the directory is ours").flatten() {
        if !entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX)) {
            continue;
        }
        let run_dir = entry.path();
        let Ok(claim) = File::open(run_dir.join(CLAIM)) else { continue };
        if claim.try_lock().is_ok() && Family::of(&run_dir).kill() {
            shm::release(&run_dir.join("data"), account);
            let _ = fs::remove_dir_all(&run_dir);
        }
    }
}
