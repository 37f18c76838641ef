use std::{
    collections::VecDeque,
    mem,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

/// How many go together at the most. Bounds how long the first waits for the last.
const MOST: usize = 256;
/// How long a thread waits for work before it ends.
const IDLE: Duration = Duration::from_secs(30);
/// After how many by themselves no company is expected.
const QUIET: u8 = 4;

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
    /// How many times in a row one was taken out by itself.
    singles: u8,
    closed: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Worker {
    /// There is none.
    Absent,
    /// It waits, and nobody has seen to its waking.
    Idle,
    /// It will look.
    Busy,
}

impl<T> Inner<T> {
    /// Whether company is to be expected.
    fn is_crowded(&self) -> bool {
        self.singles < QUIET
    }
}

impl<T> Default for Queue<T> {
    fn default() -> Self {
        let inner = Inner {
            waiting: VecDeque::new(),
            worker: Worker::Absent,
            singles: QUIET,
            closed: false,
        };
        Self { inner: Mutex::new(inner), filled: Condvar::new() }
    }
}

/// What is to be done about what was put in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    /// Nothing: the worker will look.
    Nothing,
    /// The worker waits: wake it. Where many come, not before those who are there already
    /// have put theirs in.
    Waking { crowded: bool },
    /// There is no worker: find one. It is counted on from now.
    Worker,
}

impl<T> Queue<T> {
    /// Puts one in. Of all who do while the worker waits, the first is to wake it.
    #[must_use]
    pub(super) fn push(&self, one: T) -> Need {
        let mut inner = self.lock();
        inner.waiting.push_back(one);
        match mem::replace(&mut inner.worker, Worker::Busy) {
            Worker::Absent => Need::Worker,
            Worker::Idle => Need::Waking { crowded: inner.is_crowded() },
            Worker::Busy => Need::Nothing,
        }
    }

    /// Wakes the worker, if it waits.
    pub(super) fn wake(&self) {
        self.filled.notify_one();
    }

    /// For the worker: waits until there is something, and says whether many came lately.
    /// `None` if it shall end, since there was nothing for long or there will be nothing
    /// any more.
    pub(super) fn wait(&self) -> Option<bool> {
        let mut inner = self.lock();
        if inner.waiting.is_empty() && !inner.closed {
            inner.worker = Worker::Idle;
            let still = |inner: &mut Inner<T>| {
                let still = inner.waiting.is_empty() && !inner.closed;
                // What it was woken for may have been taken by others meanwhile. Who comes
                // next has to wake it again.
                if still {
                    inner.worker = Worker::Idle;
                }
                still
            };
            let waited = self.filled.wait_timeout_while(inner, IDLE, still);
            inner = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        let more = !inner.waiting.is_empty();
        inner.worker = if more { Worker::Busy } else { Worker::Absent };
        more.then_some(inner.is_crowded())
    }

    /// How many wait.
    pub(super) fn len(&self) -> usize {
        self.lock().waiting.len()
    }

    /// Takes out what is there, in order, as far as it may go together.
    pub(super) fn take(&self) -> Vec<T> {
        let mut inner = self.lock();
        let count = inner.waiting.len().min(MOST);
        inner.singles = if count > 1 { 0 } else { inner.singles.saturating_add(1) };
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

#[cfg(test)]
mod tests {
    use std::{sync::Arc, thread, time::Instant};

    use super::*;

    /// Waits, within reason, until the worker waits.
    fn idle(queue: &Queue<u8>) {
        let end = Instant::now() + Duration::from_secs(10);
        while queue.lock().worker != Worker::Idle {
            assert!(Instant::now() < end, "{queue:?}");
            thread::yield_now();
        }
    }

    fn with_worker(work: impl FnOnce(&Queue<u8>) + Send + 'static) -> Arc<Queue<u8>> {
        let queue = Arc::new(Queue::default());
        let workers = Arc::clone(&queue);
        thread::spawn(move || work(&workers));
        idle(&queue);
        queue
    }

    #[test]
    fn only_the_first_has_to_wake_the_worker() {
        let queue = with_worker(|queue| {
            let _ = queue.wait();
        });
        assert_eq!(queue.push(1), Need::Waking { crowded: false });
        assert_eq!(queue.push(2), Need::Nothing);
        assert_eq!(queue.take(), [1, 2]);
        queue.close();
    }

    #[test]
    fn a_worker_woken_in_vain_has_to_be_woken_again() {
        let queue = with_worker(|queue| while queue.wait().is_some() {});
        assert_eq!(queue.push(1), Need::Waking { crowded: false });
        assert_eq!(queue.take(), [1], "somebody else was quicker");
        queue.wake();
        idle(&queue);
        assert_eq!(queue.push(2), Need::Waking { crowded: false });
        queue.close();
    }

    #[test]
    fn company_is_expected_where_there_was_some_lately() {
        let queue = Queue::default();
        assert_eq!(queue.push(1), Need::Worker);
        assert_eq!((queue.push(2), queue.take().len()), (Need::Nothing, 2));
        for single in 1..=QUIET {
            assert!(queue.lock().is_crowded(), "after {} by themselves", single - 1);
            assert_eq!((queue.push(3), queue.take().len()), (Need::Nothing, 1));
        }
        assert!(!queue.lock().is_crowded());
    }

    #[test]
    fn so_many_go_together_at_the_most() {
        let queue = Queue::default();
        for _ in 0..=MOST {
            let _ = queue.push(0);
        }
        assert_eq!((queue.take().len(), queue.take().len(), queue.take().len()), (MOST, 1, 0));
    }
}
