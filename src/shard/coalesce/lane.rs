use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Weak},
    thread,
};

use futures::executor::block_on;
use tokio::{
    runtime::Handle,
    sync::{Semaphore, SemaphorePermit},
    task::yield_now,
};
use tracing::warn;

use super::{
    batch::{Party, make},
    queue::{Need, Queue},
    waiter::{Asked, Waiter},
    work::Work,
};
use crate::shard::{
    Connect, ShardError,
    breaker::Pass,
    core::Core,
    crew::Crew,
    permit::{Permit, Permits},
};

/// Where calls of one kind wait to be made as one, and the thread that makes them.
pub(super) struct Lane<C, W: Work<C>> {
    queue: Queue<Arc<Waiter<C, W>>>,
    turnstile: Semaphore,
}

impl<C: Connect, W: Work<C>> Lane<C, W> {
    pub(super) fn new() -> Self {
        Self { queue: Queue::default(), turnstile: Semaphore::new(1) }
    }

    /// Has the item seen to.
    pub(super) fn enter(
        self: &Arc<Self>,
        core: &Arc<Core<C>>,
        permits: &Permits,
        item: W::Item,
        asked: Asked,
        pass: Pass,
    ) -> Arc<Waiter<C, W>> {
        let waiter = Arc::new(Waiter::new(item, asked, pass));
        match self.queue.push(Arc::clone(&waiter)) {
            Need::Nothing => {}
            Need::Worker => self.start(core, permits.clone()),
            Need::Waking { crowded } => {
                let waking = Waking(Arc::clone(self));
                match Handle::try_current() {
                    // Requests that have arrived already are read first, and go along.
                    Ok(runtime) if crowded => drop(runtime.spawn(async move {
                        yield_now().await;
                        drop(waking);
                    })),
                    _ => drop(waking),
                }
            }
        }
        waiter
    }

    /// Whose turn it is to look for a connection beside the worker's: one caller's at a time.
    pub(super) async fn turnstile(&self) -> Option<SemaphorePermit<'_>> {
        self.turnstile.acquire().await.ok()
    }

    /// Sees to all that wait, beside the worker; whether this one is among them, which it is
    /// but where very many wait.
    pub(super) fn overtake(
        &self,
        crew: &Crew,
        core: &Arc<Core<C>>,
        permit: Permit,
        waiter: &Arc<Waiter<C, W>>,
    ) -> bool {
        let (party, core) = (self.party(core), Arc::clone(core));
        let along = party.waiters.iter().any(|one| Arc::ptr_eq(one, waiter));
        drop(crew.spawn(move || make(&core, party, permit)));
        along
    }

    /// How many calls wait.
    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    fn party(&self, core: &Core<C>) -> Party<C, W> {
        Party { shard: core.id.clone(), waiters: self.queue.take() }
    }

    /// Lets the worker end once nothing waits.
    pub(super) fn close(&self) {
        self.queue.close();
    }

    fn start(self: &Arc<Self>, core: &Arc<Core<C>>, permits: Permits) {
        let lane = Arc::clone(self);
        let name = format!("lane-{}", core.id);
        // What is dropped with a connection may have to be seen to by the runtime.
        let runtime = Handle::try_current().ok();
        // A lane without work keeps no connection open.
        let core = Arc::downgrade(core);
        let work = move || {
            let _runtime = runtime.as_ref().map(Handle::enter);
            lane.work(&core, &permits);
        };
        if let Err(error) = thread::Builder::new().name(name).spawn(work) {
            // Those who wait go beside the lane.
            self.queue.unmanned();
            warn!(%error, "there is no thread to be had for a lane");
        }
    }

    fn work(&self, core: &Weak<Core<C>>, permits: &Permits) {
        while let Some(crowded) = self.queue.wait() {
            if crowded {
                // Threads that are ready to run go first: what they bring goes along.
                thread::yield_now();
            }
            let permit = permits.try_acquire(W::BATCH);
            let permit = permit.or_else(|| block_on(permits.acquire_whenever(W::BATCH)));
            // Whoever waits here holds the shard; the rest have gone.
            let Some(core) = core.upgrade() else {
                drop(self.queue.take());
                continue;
            };
            match permit {
                Some(permit) => {
                    let work = AssertUnwindSafe(|| make(&core, self.party(&core), permit));
                    // Of what is dropped something may panic, which must not end the lane.
                    let _ = catch_unwind(work);
                }
                None => self.party(&core).turn_away(|shard| ShardError::ShuttingDown { shard }),
            }
        }
    }
}

/// Wakes a lane's worker when it is dropped.
struct Waking<C: Connect, W: Work<C>>(Arc<Lane<C, W>>);

impl<C: Connect, W: Work<C>> Drop for Waking<C, W> {
    fn drop(&mut self) {
        self.0.queue.wake();
    }
}
