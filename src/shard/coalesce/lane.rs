use std::{sync::Arc, thread};

use futures::executor::block_on;
use tokio::runtime::Handle;
use tracing::warn;

use super::{
    batch::make,
    queue::Queue,
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

    /// Has the item seen to.
    pub(super) fn enter(
        self: &Arc<Self>,
        core: &Arc<Core<C>>,
        permits: &Permits,
        item: W::Item,
        deadline: Deadline,
        pass: Pass,
    ) -> Arc<Waiter<C, W>> {
        let waiter = Arc::new(Waiter::new(item, deadline, pass));
        if self.queue.push(Arc::clone(&waiter)) {
            self.start(Arc::clone(core), permits.clone());
        }
        waiter
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
        while self.queue.wait() {
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
