use std::{
    future::poll_fn,
    panic::resume_unwind,
    slice,
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::result::Error as QueryError;
use tokio::{sync::SemaphorePermit, time::timeout_at};

use super::{
    Row,
    lane::Lane,
    waiter::{Asked, Left, Reply, Waiter},
    work::{Finds, Inserts, Work},
};
use crate::shard::{Access, Connect, Deadline, Shard, ShardError, Wait, permit::Permit};

/// How long a call waits for the lane before it looks for another connection: longer than
/// a batch usually takes, and short beside what a caller notices.
const PATIENCE: Duration = Duration::from_millis(20);
/// How often it looks whether its batch is stuck on a connection.
const LOOK: Duration = Duration::from_millis(100);

impl<C: Connect> Shard<C> {
    /// The row of that key, asked for together with what else is asked for meanwhile.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    pub async fn find<R: Row<C>>(
        &self,
        deadline: Deadline,
        key: R::Key,
    ) -> Result<Option<R>, ShardError> {
        let began = self.core.teller.clock();
        let found = self.ride::<Finds<R>>(deadline, began, key).await;
        self.core.teller.called(Access::Read, began, &found);
        found
    }

    /// Stores a row, together with what else is to be stored meanwhile.
    ///
    /// # Errors
    /// As [`run`](Self::run). After a lost connection, or a deadline that passed while
    /// waiting for the statement, it is unknown whether the row was stored.
    pub async fn insert<R: Row<C>>(&self, deadline: Deadline, row: R) -> Result<(), ShardError> {
        let began = self.core.teller.clock();
        let stored = self.ride::<Inserts<R>>(deadline, began, row).await;
        self.core.teller.called(Access::Insert, began, &stored);
        stored
    }

    async fn ride<W: Work<C>>(
        &self,
        deadline: Deadline,
        began: Option<Instant>,
        item: W::Item,
    ) -> Result<W::Answer, ShardError> {
        let pass = self.pass()?;
        let lane = self.lanes.of::<C, W>();
        let asked = Asked {
            deadline,
            at: began,
            span: self.core.teller.here(),
            turn: self.core.teller.turn_span(W::BATCH),
        };
        let rider = Rider(lane.enter(&self.core, &self.permits, item, asked, pass));
        let reply = self.accompany(&lane, rider).await?;
        match reply {
            Reply::Done(outcome) => outcome,
            Reply::Alone(item) => self.alone::<W>(deadline, item).await,
            Reply::Panicked(panic) => resume_unwind(panic),
        }
    }

    /// Waits for the answer as long as there is time, and sees to it that one comes.
    async fn accompany<W: Work<C>>(
        &self,
        lane: &Lane<C, W>,
        rider: Rider<C, W>,
    ) -> Result<Reply<C, W>, ShardError> {
        let asked = Instant::now();
        let deadline = Instant::from(rider.0.deadline());
        if let Some(reply) = rider.answer_by(deadline.min(asked + PATIENCE)).await {
            return Ok(reply);
        }
        let patience = Deadline::at(deadline.min(asked + self.pool.acquire_timeout));
        while rider.0.is_queued() {
            // The lane is held up. Whoever has a turn first takes all along that wait.
            let turn = tokio::select! {
                biased;
                () = rider.begun() => break,
                turn = self.turn_beside(lane, patience) => turn,
            };
            match turn {
                Some((permit, _turnstile)) if rider.0.is_queued() => {
                    if lane.overtake(&self.crew, &self.core, permit, &rider.0) {
                        break;
                    }
                }
                None if rider.0.leave_queue() => {
                    return Err(self.without_turn(asked, rider.0.deadline()));
                }
                Some(_) | None => {}
            }
        }
        loop {
            let alarm = deadline.min(Instant::now() + LOOK);
            if let Some(reply) = rider.answer_by(alarm).await {
                return Ok(reply);
            }
            if rider.0.deadline().has_passed() {
                return rider.give_up(self, asked);
            }
            if let Some(batch) = rider.0.batch() {
                batch.cut_stage();
            }
        }
    }

    /// A turn beside the lane's own. One caller waits for it, for all.
    async fn turn_beside<'a, W: Work<C>>(
        &self,
        lane: &'a Lane<C, W>,
        patience: Deadline,
    ) -> Option<(Permit, SemaphorePermit<'a>)> {
        let first = timeout_at(Instant::from(patience).into(), lane.turnstile()).await.ok()??;
        Some((self.permits.acquire(W::BATCH, patience).await?, first))
    }

    async fn alone<W: Work<C>>(
        &self,
        deadline: Deadline,
        item: W::Item,
    ) -> Result<W::Answer, ShardError> {
        let work = move |conn: &mut C| {
            let mut answers = W::carry_out(conn, slice::from_ref(&item))?;
            answers.pop().ok_or(QueryError::NotFound)
        };
        self.attempt(W::ALONE, deadline, work).await
    }
}

/// A caller's hold on its call; dropped, the caller has gone away.
struct Rider<C, W: Work<C>>(Arc<Waiter<C, W>>);

impl<C, W: Work<C>> Rider<C, W> {
    async fn begun(&self) {
        poll_fn(|context| self.0.poll_begun(context)).await;
    }

    async fn answer(&self) -> Reply<C, W> {
        poll_fn(|context| self.0.poll(context)).await
    }

    async fn answer_by(&self, moment: Instant) -> Option<Reply<C, W>> {
        timeout_at(moment.into(), self.answer()).await.ok()
    }

    /// There is no time left: what it was spent on, unless the answer came that moment.
    fn give_up(&self, shard: &Shard<C>, asked: Instant) -> Result<Reply<C, W>, ShardError>
    where
        C: Connect,
    {
        let wait = match self.0.leave() {
            Left::Answered(reply) => return Ok(reply),
            Left::Queued => return Err(shard.without_turn(asked, self.0.deadline())),
            Left::Boarded(batch) => {
                batch.left();
                Wait::Connection
            }
            Left::Sent(batch) => {
                batch.left();
                Wait::Statement
            }
            Left::Gone => Wait::Permit,
        };
        Err(shard.core.timeout(wait))
    }
}

impl<C, W: Work<C>> Drop for Rider<C, W> {
    fn drop(&mut self) {
        if let Left::Boarded(batch) | Left::Sent(batch) = self.0.leave() {
            batch.left();
        }
    }
}
