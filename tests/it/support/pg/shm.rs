//! The System V segment that a killed server leaves behind.
//!
//! PostgreSQL removes it when it exits, or when it starts again in the same data directory. A
//! server that was killed and never started again does neither, and a machine has 4096 of them.

use std::fs;
use std::path::Path;

use super::account::Account;

/// Removes the segment named in the `postmaster.pid` of a server whose processes are gone.
///
/// A number may have been given away since, so the segment must also have been created by that
/// postmaster. A process that is still exiting may be attached to it; the kernel then removes it a
/// moment later. Best effort: a leak of this kind fails no test.
pub(super) fn release(data: &Path, account: Account) {
    if let Some(id) = left_behind(data) {
        let _ = account.command(Path::new("ipcrm")).arg("-m").arg(id).output();
    }
}

fn left_behind(data: &Path) -> Option<String> {
    let pid_file = fs::read_to_string(data.join("postmaster.pid")).ok()?;
    let creator = pid_file.lines().next()?;
    let id = pid_file.lines().nth(6)?.split_whitespace().nth(1)?;
    // key shmid perms size cpid …
    let segments = fs::read_to_string("/proc/sysvipc/shm").ok()?;
    segments
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .any(|s| s.len() > 4 && s[1] == id && s[4] == creator)
        .then(|| id.to_owned())
}
