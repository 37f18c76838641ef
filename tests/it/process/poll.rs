//! Waiting for what other processes do, which send no event.

use std::time::{Duration, Instant};

/// More than anything takes on a machine that is not itself frozen.
pub(super) const LIMIT: Duration = Duration::from_secs(60);

/// Asks every few milliseconds until `done`, for no longer than a minute.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "bounded polling of another process")]
pub(crate) fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}
