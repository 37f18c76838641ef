use std::{sync::Arc, thread};

use futures::executor::block_on;
use tokio::runtime::Handle;
use tracing::warn;

use super::{
    batch::make,
    queue::{Need, Queue},
    waiter::{Reply, Waiter},
    work::Work,
};
use crate::shard::{
    Connect, Deadline, ShardError,
    breaker::Pass,
    core::Core,
    crew::Crew,
    permit::{Permit, Permits},
};

/// Where calls of one kind wait to be made as one, and the thread that makes them.
pub(super) struct Lane<C, W: Work<C>> {
    queue: Queue<Arc<Waiter<C, W>>>,
}

impl<C: Connect, W: Work<C>> Lane<C, W> {
    pub(super) fn new() -> Self {
        Self { queue: Queue::default() }
    }

    /// Has the item seen to; where many come, once the worker has been woken.
    pub(super) fn enter(
        self: &Arc<Self>,
        core: &Arc<Core<C>>,
        permits: &Permits,
        item: W::Item,
        deadline: Deadline,
        pass: Pass,
    ) -> Entered<C, W> {
        let waiter = Arc::new(Waiter::new(item, deadline, pass));
        let need = self.queue.push(Arc::clone(&waiter));
        if need == Need::Worker {
            self.start(Arc::clone(core), permits.clone());
        }
        let waking = match need {
            Need::Waking { crowded: true } => Some(Waking(Arc::clone(self))),
            Need::Waking { crowded: false } => {
                self.queue.wake();
                None
            }
            Need::Worker | Need::Nothing => None,
        };
        (waiter, waking)
    }

    /// Sees to all that wait, beside the worker.
    pub(super) fn overtake(&self, crew: &Crew, core: &Arc<Core<C>>, permit: Permit) {
        let (core, waiters) = (Arc::clone(core), self.queue.take());
        drop(crew.spawn(move || make(&core, waiters, permit)));
    }

    /// Lets the worker end once nothing waits.
    pub(super) fn close(&self) {
        self.queue.close();
    }

    fn start(self: &Arc<Self>, core: Arc<Core<C>>, permits: Permits) {
        let lane = Arc::clone(self);
        let name = format!("lane-{}", core.id);
        // What is dropped with a connection may have to be seen to by the runtime.
        let runtime = Handle::try_current().ok();
        let work = move || {
            let _runtime = runtime.as_ref().map(Handle::enter);
            lane.work(&core, &permits);
        };
        let started = thread::Builder::new().name(name).spawn(work);
        if let Err(error) = started {
            // Those who wait go beside the lane.
            self.queue.unmanned();
            warn!(%error, "there is no thread to be had for a lane");
        }
    }

    fn work(&self, core: &Core<C>, permits: &Permits) {
        while let Some(crowded) = self.queue.wait() {
            if crowded {
                // Threads that are ready to run go first: what they bring goes along.
                thread::yield_now();
            }
            let permit = permits.try_acquire(W::BATCH);
            match permit.or_else(|| block_on(permits.acquire_whenever(W::BATCH))) {
                Some(permit) => make(core, self.queue.take(), permit),
                None => self.turn_away(core),
            }
        }
    }

    fn turn_away(&self, core: &Core<C>) {
        for waiter in self.queue.take() {
            let error = ShardError::ShuttingDown { shard: core.id.clone() };
            waiter.answer(Reply::Done(Err(error)));
        }
    }
}

/// A call in a lane, and what wakes the worker, where the caller is to do that.
pub(super) type Entered<C, W> = (Arc<Waiter<C, W>>, Option<Waking<C, W>>);

/// Wakes a lane's worker when it is dropped.
pub(super) struct Waking<C: Connect, W: Work<C>>(Arc<Lane<C, W>>);

impl<C: Connect, W: Work<C>> Drop for Waking<C, W> {
    fn drop(&mut self) {
        self.0.queue.wake();
    }
}
