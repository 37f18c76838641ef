//! Waiting for a state that no event tells of.

use std::time::{Duration, Instant};

/// More than anything here takes on a machine that is not itself frozen.
pub(crate) const LIMIT: Duration = Duration::from_secs(30);

/// Waits for a state that no event tells of, and for no longer than [`LIMIT`].
pub(crate) async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !done().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}
