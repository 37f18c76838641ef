//! The one place that waits: bounded polling for a state of the world outside this process.

use std::time::{Duration, Instant};

/// Asks every few milliseconds whether `done`, for no longer than `limit`; says whether it was.
///
/// What is waited for here (a file another program writes, a process that is not our child) sends
/// no event, so there is nothing better to block on.
#[allow(clippy::disallowed_methods, reason = "bounded readiness polling, see above")]
pub(super) fn until(limit: Duration, mut done: impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + limit;
    loop {
        if done() {
            return true;
        }
        if Instant::now() >= deadline {
            return false;
        }
        std::thread::sleep(Duration::from_millis(3));
    }
}
