use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How many go together at the most. Bounds how long the first waits for the last.
const MOST: usize = 256;
/// How long a thread waits for work before it ends.
const IDLE: Duration = Duration::from_secs(30);

/// What waits for a lane's worker.
#[derive(Debug)]
pub(super) struct Queue<T> {
    inner: Mutex<Inner<T>>,
    filled: Condvar,
}

#[derive(Debug)]
struct Inner<T> {
    waiting: VecDeque<T>,
    worker: Worker,
    closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worker {
    /// There is none.
    Absent,
    /// It waits.
    Idle,
    /// It will look by itself.
    Busy,
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let inner = Inner { waiting: VecDeque::new(), worker: Worker::Absent, closed: false };
        Self { inner: Mutex::new(inner), filled: Condvar::new() }
    }
}

impl<T> Queue<T> {
    /// Puts one in. Whether a worker has to be found for it, and is counted on from now.
    #[must_use]
    pub(super) fn push(&self, one: T) -> bool {
        let mut inner = self.lock();
        inner.waiting.push_back(one);
        match inner.worker {
            Worker::Absent => {
                inner.worker = Worker::Busy;
                true
            }
            Worker::Idle => {
                // Only one is woken, and only once.
                inner.worker = Worker::Busy;
                drop(inner);
                self.filled.notify_one();
                false
            }
            Worker::Busy => false,
        }
    }

    /// For the worker: waits until there is something. `false` if it shall end, since
    /// there was nothing for long or there will be nothing any more.
    pub(super) fn wait(&self) -> bool {
        let mut inner = self.lock();
        if inner.waiting.is_empty() && !inner.closed {
            inner.worker = Worker::Idle;
            let still = |inner: &mut Inner<T>| inner.waiting.is_empty() && !inner.closed;
            let waited = self.filled.wait_timeout_while(inner, IDLE, still);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let more = !inner.waiting.is_empty();
        inner.worker = if more { Worker::Busy } else { Worker::Absent };
        more
    }

    /// Takes out what is there, in order, as far as it may go together.
    pub(super) fn take(&self) -> Vec<T> {
        let mut inner = self.lock();
        let count = inner.waiting.len().min(MOST);
        inner.waiting.drain(..count).collect()
    }

    /// The worker that was to be could not be found.
    pub(super) fn unmanned(&self) {
        self.lock().worker = Worker::Absent;
    }

    /// Nothing will be put in any more.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.filled.notify_one();
    }

    /// The queue is whole after every call.
    fn lock(&self) -> MutexGuard<'_, Inner<T>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
