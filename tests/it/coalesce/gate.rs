//! Statements held where a test wants them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::{LIMIT, until};

/// Statements that come here stay until it opens.
#[derive(Debug, Clone, Default)]
pub(super) struct Gate(Arc<(Mutex<Inside>, Condvar)>);

#[derive(Debug, Default)]
struct Inside {
    now: usize,
    open: bool,
}

impl Gate {
    /// Stays until the gate opens. Blocks, so it is for statements alone.
    pub(super) fn pass(&self) {
        let mut inside = self.lock();
        inside.now += 1;
        let (_, opened) = &*self.0;
        let wait = opened.wait_timeout_while(inside, LIMIT, |inside| !inside.open);
        let (mut inside, timeout) = wait.unwrap_or_else(PoisonError::into_inner);
        inside.now -= 1;
        assert!(!timeout.timed_out(), "the gate was never opened");
    }

    /// Lets everyone go on, also those yet to come.
    pub(super) fn open(&self) {
        self.lock().open = true;
        self.0.1.notify_all();
    }

    /// Waits until a statement is held.
    pub(super) async fn holds_one(&self) {
        until("the gate holds a statement", async || self.lock().now == 1).await;
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
