//! Closures held where a test wants them.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use super::until::{LIMIT, until};

/// Closures that come here stay until it opens.
#[derive(Debug, Clone, Default)]
pub(crate) struct Gate(Arc<(Mutex<Inside>, Condvar)>);

#[derive(Debug, Default)]
struct Inside {
    now: usize,
    most: usize,
    open: bool,
}

impl Gate {
    /// Stays until the gate opens. Blocks, so it is for closures alone.
    pub(crate) fn pass(&self) {
        let mut inside = self.lock();
        inside.now += 1;
        inside.most = inside.most.max(inside.now);
        let (_, opened) = &*self.0;
        let wait = opened.wait_timeout_while(inside, LIMIT, |inside| !inside.open);
        let (mut inside, timeout) = wait.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "the gate was never opened");
        inside.now -= 1;
    }

    /// Lets everyone go on, also those yet to come.
    pub(crate) fn open(&self) {
        self.lock().open = true;
        self.0.1.notify_all();
    }

    /// Waits until so many closures are held.
    pub(crate) async fn holds(&self, closures: usize) {
        until(&format!("the gate holds {closures}"), async || self.lock().now == closures).await;
    }

    /// The most closures that were here at once.
    pub(crate) fn most(&self) -> usize {
        self.lock().most
    }

    fn lock(&self) -> MutexGuard<'_, Inside> {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
