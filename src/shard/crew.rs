use std::{
    collections::VecDeque,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::Duration,
};

use tokio::{runtime::Handle, sync::oneshot};
use tracing::warn;

/// How long a thread waits for work before it ends.
const IDLE: Duration = Duration::from_secs(10);

type Job = Box<dyn FnOnce() + Send>;

/// What a thread came back with: the work's result, or its panic.
pub(super) type Back<T> = oneshot::Receiver<thread::Result<T>>;

/// A shard's own blocking threads, as many as it has permits at the most.
///
/// The runtime's pool of them wakes the one that has slept longest. Here it is the one
/// that has slept least, whose caches are warm, so that few do all of the work; and no
/// shard's work waits for a lock that others' threads have.
#[derive(Debug, Clone)]
pub(super) struct Crew(Arc<Hall>);

#[derive(Debug)]
struct Hall {
    name: String,
    most: usize,
    rota: Mutex<Rota>,
}

#[derive(Default)]
struct Rota {
    /// Who waits for work, the latest last.
    idle: Vec<Arc<Hand>>,
    /// Work that no thread has taken on: there is some only while one is about to come back.
    waiting: VecDeque<Job>,
    count: usize,
}

/// A thread that waits for work.
#[derive(Default)]
struct Hand {
    job: Mutex<Option<Job>>,
    called: Condvar,
}

impl Crew {
    pub(super) fn new(name: String, most: usize) -> Self {
        Self(Arc::new(Hall { name, most, rota: Mutex::default() }))
    }

    /// Does the work on a thread of its own. Call it with a permit, which the work owns.
    pub(super) fn spawn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Back<T> {
        let (tell, told) = oneshot::channel();
        self.take_on(Box::new(move || {
            // Nobody may be left to be told.
            let _ = tell.send(catch_unwind(AssertUnwindSafe(work)));
        }));
        told
    }

    fn take_on(&self, job: Job) {
        let mut rota = self.0.rota();
        if let Some(hand) = rota.idle.pop() {
            drop(rota);
            hand.call(job);
        } else if rota.count < self.0.most {
            rota.count += 1;
            drop(rota);
            self.hire(job);
        } else {
            rota.waiting.push_back(job);
        }
    }

    fn hire(&self, job: Job) {
        let hall = Arc::clone(&self.0);
        // What is dropped with a connection may have to be seen to by the runtime.
        let runtime = Handle::try_current().ok();
        let work = move || {
            let _runtime = runtime.as_ref().map(Handle::enter);
            hall.work(job);
        };
        if let Err(error) = thread::Builder::new().name(self.0.name.clone()).spawn(work) {
            // The job is dropped, and so its caller is told. Who came meanwhile, and counted
            // on a thread to come back, is told too if there is none.
            let mut rota = self.0.rota();
            rota.count -= 1;
            let stranded =
                if rota.count == 0 { mem::take(&mut rota.waiting) } else { VecDeque::new() };
            drop(rota);
            drop(stranded);
            warn!(%error, "there is no thread to be had for a call");
        }
    }
}

impl Hall {
    fn work(&self, first: Job) {
        let me = Arc::new(Hand::default());
        let mut next = Some(first);
        while let Some(job) = next.take().or_else(|| self.rest(&me)) {
            // What it drops may panic, which must not cost a thread that is counted on.
            let _ = catch_unwind(AssertUnwindSafe(job));
        }
    }

    /// Waits for the next job, not for ever.
    fn rest(&self, me: &Arc<Hand>) -> Option<Job> {
        let mut rota = self.rota();
        if let Some(job) = rota.waiting.pop_front() {
            return Some(job);
        }
        rota.idle.push(Arc::clone(me));
        drop(rota);
        me.wait(IDLE).or_else(|| {
            let mut rota = self.rota();
            let place = rota.idle.iter().position(|hand| Arc::ptr_eq(hand, me));
            let Some(place) = place else {
                drop(rota);
                // It was given something that very moment.
                return me.wait(Duration::MAX);
            };
            rota.idle.remove(place);
            rota.count -= 1;
            None
        })
    }

    /// The rota is whole after every call.
    fn rota(&self) -> MutexGuard<'_, Rota> {
        self.rota.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Hand {
    fn call(&self, job: Job) {
        *self.job.lock().unwrap_or_else(PoisonError::into_inner) = Some(job);
        self.called.notify_one();
    }

    fn wait(&self, limit: Duration) -> Option<Job> {
        let job = self.job.lock().unwrap_or_else(PoisonError::into_inner);
        let none = |job: &mut Option<Job>| job.is_none();
        let waited = self.called.wait_timeout_while(job, limit, none);
        waited.unwrap_or_else(PoisonError::into_inner).0.take()
    }
}

impl std::fmt::Debug for Rota {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (idle, waiting) = (self.idle.len(), self.waiting.len());
        f.debug_struct("Rota")
            .field("count", &self.count)
            .field("idle", &idle)
            .field("waiting", &waiting)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::mpsc, thread::ThreadId};

    use super::*;

    fn crew(most: usize) -> Crew {
        Crew::new("test".to_owned(), most)
    }

    fn done<T>(back: Back<T>) -> T {
        back.blocking_recv().expect("a thread took it on").expect("it did not panic")
    }

    /// Waits, within reason, until so many threads wait for work.
    fn settled(crew: &Crew, idle: usize) {
        let end = std::time::Instant::now() + Duration::from_secs(10);
        while crew.0.rota().idle.len() != idle {
            assert!(std::time::Instant::now() < end, "{:?}", crew.0.rota());
            thread::yield_now();
        }
    }

    #[test]
    fn the_thread_that_came_back_last_is_taken_first() {
        let crew = crew(3);
        let held: Vec<_> = (0..3)
            .map(|_| {
                let (go, gate) = mpsc::channel::<()>();
                (go, crew.spawn(move || gate.recv().ok().map(|()| thread::current().id())))
            })
            .collect();
        let mut last: Option<ThreadId> = None;
        for (idle, (go, back)) in held.into_iter().enumerate() {
            go.send(()).expect("it waits");
            last = done(back);
            settled(&crew, idle + 1);
        }
        for _ in 0..5 {
            assert_eq!(Some(done(crew.spawn(|| thread::current().id()))), last);
            settled(&crew, 3);
        }
    }

    #[test]
    fn there_are_no_more_threads_than_that_and_the_rest_waits_for_one() {
        let crew = crew(2);
        let (go, gate) = mpsc::channel::<()>();
        let gate = Arc::new(Mutex::new(gate));
        let backs: Vec<_> = (0..5)
            .map(|_| {
                let gate = Arc::clone(&gate);
                crew.spawn(move || {
                    let _ = gate.lock().map(|gate| gate.recv());
                    thread::current().id()
                })
            })
            .collect();
        let (count, waiting) = {
            let rota = crew.0.rota();
            (rota.count, rota.waiting.len())
        };
        assert_eq!((count, waiting), (2, 3));
        (0..5).for_each(|_| go.send(()).expect("they wait"));
        let mut threads: Vec<_> = backs.into_iter().map(done).collect();
        threads.sort_by_key(|id| format!("{id:?}"));
        threads.dedup();
        assert!(threads.len() <= 2, "{threads:?}");
    }

    #[test]
    fn a_panic_is_handed_back_and_its_thread_goes_on() {
        let crew = crew(1);
        let panicked = crew.spawn(|| panic!("oh")).blocking_recv().expect("a thread took it on");
        assert_eq!(panicked.map_err(|why| why.downcast_ref::<&str>().copied()), Err(Some("oh")));
        assert_eq!(done(crew.spawn(|| 7)), 7);
        assert_eq!(crew.0.rota().count, 1);
    }
}
