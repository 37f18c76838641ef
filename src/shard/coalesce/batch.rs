use std::{
    any::Any,
    mem,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use tracing::{Span, debug};

use super::{
    waiter::{Reply, Waiter},
    work::Work,
};
use crate::{
    key::ShardId,
    shard::{
        Access, Connect, Deadline, Fault, ShardError, Wait,
        breaker::Pass,
        call::Call,
        core::Core,
        leash::{cut, cut_at},
        permit::Permit,
        watch::{Cut, Watch},
    },
};

/// Calls that are made as one, as far as their callers have to do with it.
#[derive(Debug)]
pub(super) struct Batch {
    access: Access,
    watch: Arc<Watch>,
    callers: Mutex<Callers>,
}

#[derive(Debug)]
struct Callers {
    /// Those who have not gone away, and whoever still lets others board.
    count: usize,
    /// The latest of their deadlines.
    deadline: Deadline,
    /// Whether anything is being asked of the database.
    sent: bool,
}

impl Batch {
    fn new(access: Access) -> Self {
        // Whoever boards them is the first, so that it is not over before all are aboard.
        let callers = Callers { count: 1, deadline: Deadline::at(Instant::now()), sent: false };
        Self { access, watch: Arc::default(), callers: Mutex::new(callers) }
    }

    /// One more caller waits for it.
    pub(super) fn joined(&self, deadline: Deadline) {
        let mut callers = self.callers();
        callers.count += 1;
        callers.deadline = callers.deadline.max(deadline);
    }

    /// A caller has gone away. The last to go cuts the batch off, but for rows that are
    /// being stored: those have their time.
    pub(super) fn left(&self) {
        let mut callers = self.callers();
        callers.count -= 1;
        if callers.count > 0 {
            return;
        }
        match self.access {
            _ if callers.deadline.has_passed() => cut(&self.watch, Cut::Overdue),
            _ if !callers.sent => cut(&self.watch, Cut::Abandoned),
            Access::Read => cut(&self.watch, Cut::Abandoned),
            Access::Insert | Access::Write | Access::Operate => {
                cut_at(&self.watch, callers.deadline);
            }
        }
    }

    /// Gives a connection up that does not answer whether it is alive, if its time is up.
    pub(super) fn cut_stage(&self) {
        self.watch.cut_stage(Instant::now());
    }

    fn callers(&self) -> MutexGuard<'_, Callers> {
        self.callers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Calls taken out of the queue together. Those that have no answer when it is dropped
/// get one.
pub(super) struct Party<C, W: Work<C>> {
    pub(super) shard: ShardId,
    pub(super) waiters: Vec<Arc<Waiter<C, W>>>,
}

impl<C, W: Work<C>> Party<C, W> {
    pub(super) fn turn_away(mut self, error: impl Fn(ShardId) -> ShardError) {
        for waiter in mem::take(&mut self.waiters) {
            waiter.turn_away(|_| error(self.shard.clone()));
        }
    }
}

impl<C, W: Work<C>> Drop for Party<C, W> {
    /// There was no thread to be had, or it panicked.
    fn drop(&mut self) {
        for waiter in &self.waiters {
            waiter.turn_away(|wait| match wait {
                Wait::Statement => ShardError::Timeout { shard: self.shard.clone(), wait },
                _ => ShardError::Busy { shard: self.shard.clone(), waited: Duration::ZERO },
            });
        }
    }
}

/// Makes the calls as one and answers them. Blocks.
pub(super) fn make<C: Connect, W: Work<C>>(core: &Core<C>, mut party: Party<C, W>, permit: Permit) {
    let waiters = &mut party.waiters;
    let batch = Arc::new(Batch::new(W::BATCH));
    let mut pass: Option<Pass> = None;
    waiters.retain(|waiter| {
        let Some(next) = waiter.board(&batch) else { return false };
        pass = Some(match pass.take() {
            Some(pass) => pass.and(next),
            None => next,
        });
        true
    });
    batch.left();
    if waiters.is_empty() {
        return;
    }
    let span = told_of(core, waiters);
    let _span = span.enter();
    let deadline = batch.callers().deadline;
    let call = Call { access: W::BATCH, deadline, pass, watch: Arc::clone(&batch.watch) };
    let mut items = Vec::with_capacity(waiters.len());
    let mut sent = Vec::with_capacity(waiters.len());
    let work = AssertUnwindSafe(|| {
        call.run(core, |conn| {
            batch.callers().sent = true;
            for waiter in &*waiters {
                if let Some(item) = waiter.send() {
                    items.push(item);
                    sent.push(waiter);
                }
            }
            if items.is_empty() { Ok(Vec::new()) } else { W::carry_out(conn, &items) }
        })
    });
    let outcome = catch_unwind(work);
    // The connection is back; so is the turn, before anyone hears of it.
    drop(permit);
    match outcome {
        Ok(Ok(answers)) => {
            for (waiter, answer) in sent.into_iter().zip(answers) {
                waiter.answer(Reply::Done(Ok(answer)));
            }
        }
        Ok(Err(error)) if items.len() > 1 && is_anyones(&error) => {
            debug!(shard = %core.id, calls = items.len(), ?error, "a batch is taken apart");
            part(sent, items);
        }
        Ok(Err(error)) => {
            // If nothing was sent it failed for all; if something was, it is theirs alone.
            let theirs = if sent.is_empty() { waiters.iter().collect() } else { sent };
            for waiter in &theirs[1..] {
                waiter.answer(Reply::Done(Err(error.echo())));
            }
            theirs[0].answer(Reply::Done(Err(error)));
        }
        Err(_) if items.len() > 1 && W::BATCH == Access::Read => part(sent, items),
        Err(panic) => {
            let words = words_of(&*panic);
            let theirs = if sent.is_empty() { waiters.iter().collect() } else { sent };
            for waiter in &theirs[1..] {
                waiter.answer(Reply::Panicked(Box::new(words.clone())));
            }
            theirs[0].answer(Reply::Panicked(panic));
        }
    }
    // Who was not sent has no time left, and sees to itself.
    party.waiters.clear();
}

/// Tells that they have their turn; the span for what is done for them: their own, if there
/// is but one.
fn told_of<C: Connect, W: Work<C>>(core: &Core<C>, waiters: &[Arc<Waiter<C, W>>]) -> Span {
    let teller = &core.teller;
    if let Some(now) = teller.clock() {
        waiters.iter().for_each(|waiter| teller.had_turn(W::BATCH, waiter.asked(), now));
        teller.batched(W::BATCH, waiters.len());
    }
    if let [alone] = waiters {
        return alone.span().clone();
    }
    let span = teller.batch_span(W::KEYSPACE, W::BATCH, waiters.len());
    if !span.is_disabled() {
        for waiter in waiters {
            span.follows_from(waiter.span());
        }
    }
    span
}

/// Each by itself: what failed may have been one of them alone, and nothing was done.
fn part<C, W: Work<C>>(waiters: Vec<&Arc<Waiter<C, W>>>, items: Vec<W::Item>) {
    for (waiter, item) in waiters.into_iter().zip(items) {
        waiter.answer(Reply::Alone(item));
    }
}

/// Whether one of the items may be to blame, rather than the shard. Nothing was done then:
/// that is what an error of [`Row`](super::Row)'s means.
fn is_anyones(error: &ShardError) -> bool {
    error.query().is_some_and(|error| match Fault::of(error) {
        Fault::Statement | Fault::Contention | Fault::StalePlan => true,
        Fault::Connection | Fault::StatementTimeout | Fault::ReadOnly => false,
    })
}

fn words_of(panic: &(dyn Any + Send)) -> String {
    let words = panic.downcast_ref::<&str>().copied();
    let words = words.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    words.unwrap_or("rows that were stored together panicked").to_owned()
}
