use std::{
    any::Any,
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, Waker},
    time::Instant,
};

use tracing::Span;

use super::{batch::Batch, work::Work};
use crate::shard::{Deadline, ShardError, Wait, breaker::Pass};

/// When a call was asked for, where, and how long it has.
pub(super) struct Asked {
    pub(super) deadline: Deadline,
    /// Only if anyone is told.
    pub(super) at: Option<Instant>,
    /// The caller's, for the batch to point to.
    pub(super) span: Span,
    /// Lasts as long as the call waits for its turn.
    pub(super) turn: Span,
}

/// One call on its way through a lane, shared by its caller and by whoever makes it.
pub(super) struct Waiter<C, W: Work<C>> {
    deadline: Deadline,
    asked: Option<Instant>,
    span: Span,
    inner: Mutex<Inner<C, W>>,
}

struct Inner<C, W: Work<C>> {
    stage: Stage<C, W>,
    waker: Option<Waker>,
    /// Whether the caller wants to know when its call leaves the queue.
    impatient: bool,
    turn: Span,
}

/// How far it has come.
enum Stage<C, W: Work<C>> {
    /// It is in the queue.
    Queued(W::Item, Pass),
    /// It is in a batch that has a turn, and no connection yet.
    Boarded(W::Item, Arc<Batch>),
    /// Its item is being sent.
    Sent(Arc<Batch>),
    /// It is over, and the caller has not looked yet.
    Answered(Reply<C, W>),
    /// The caller has its answer, or has gone away.
    Gone,
}

/// What becomes of a call.
pub(super) enum Reply<C, W: Work<C>> {
    Done(Result<W::Answer, ShardError>),
    /// Make it by yourself: what failed may have been another's.
    Alone(W::Item),
    /// The work panicked.
    Panicked(Box<dyn Any + Send>),
}

/// Where a call was when its caller went away.
pub(super) enum Left<C, W: Work<C>> {
    /// In the queue: nothing was done.
    Queued,
    /// In a batch that waits for its connection: nothing was done.
    Boarded(Arc<Batch>),
    /// Under way.
    Sent(Arc<Batch>),
    /// It was over just then.
    Answered(Reply<C, W>),
    /// The caller had gone before.
    Gone,
}

impl<C, W: Work<C>> Waiter<C, W> {
    pub(super) fn new(item: W::Item, asked: Asked, pass: Pass) -> Self {
        let Asked { deadline, at, span, turn } = asked;
        let inner = Inner { stage: Stage::Queued(item, pass), waker: None, impatient: false, turn };
        Self { deadline, asked: at, span, inner: Mutex::new(inner) }
    }

    /// When it was asked for, if anyone is told.
    pub(super) fn asked(&self) -> Option<Instant> {
        self.asked
    }

    /// Where it was asked for.
    pub(super) fn span(&self) -> &Span {
        &self.span
    }

    pub(super) fn deadline(&self) -> Deadline {
        self.deadline
    }

    /// Out of the queue and into the batch; the pass, unless its caller has gone.
    pub(super) fn board(&self, batch: &Arc<Batch>) -> Option<Pass> {
        let mut inner = self.lock();
        match mem::replace(&mut inner.stage, Stage::Gone) {
            Stage::Queued(item, pass) => {
                batch.joined(self.deadline);
                inner.stage = Stage::Boarded(item, Arc::clone(batch));
                inner.turn = Span::none();
                if inner.impatient
                    && let Some(waker) = inner.waker.take()
                {
                    drop(inner);
                    waker.wake();
                }
                Some(pass)
            }
            other => {
                inner.stage = other;
                None
            }
        }
    }

    /// The item, to be sent now; unless its caller has gone, or has no time left.
    pub(super) fn send(&self) -> Option<W::Item> {
        let mut inner = self.lock();
        match mem::replace(&mut inner.stage, Stage::Gone) {
            Stage::Boarded(item, batch) if !self.deadline.has_passed() => {
                inner.stage = Stage::Sent(batch);
                Some(item)
            }
            other => {
                inner.stage = other;
                None
            }
        }
    }

    pub(super) fn answer(&self, reply: Reply<C, W>) {
        let mut inner = self.lock();
        if matches!(inner.stage, Stage::Gone) {
            return;
        }
        inner.stage = Stage::Answered(reply);
        let waker = inner.waker.take();
        drop(inner);
        if let Some(waker) = waker {
            waker.wake();
        }
    }

    pub(super) fn poll(&self, context: &Context<'_>) -> Poll<Reply<C, W>> {
        let mut inner = self.lock();
        if let Stage::Answered(_) = inner.stage
            && let Stage::Answered(reply) = mem::replace(&mut inner.stage, Stage::Gone)
        {
            return Poll::Ready(reply);
        }
        match &mut inner.waker {
            Some(waker) => waker.clone_from(context.waker()),
            none => *none = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    /// Whether nobody has begun to see to it.
    pub(super) fn is_queued(&self) -> bool {
        matches!(self.lock().stage, Stage::Queued(..))
    }

    /// Ready once somebody has begun to see to it.
    pub(super) fn poll_begun(&self, context: &Context<'_>) -> Poll<()> {
        let mut inner = self.lock();
        if !matches!(inner.stage, Stage::Queued(..)) {
            return Poll::Ready(());
        }
        inner.impatient = true;
        inner.waker = Some(context.waker().clone());
        Poll::Pending
    }

    /// The caller goes away if nobody has begun to see to it; whether it does.
    pub(super) fn leave_queue(&self) -> bool {
        let mut inner = self.lock();
        let queued = matches!(inner.stage, Stage::Queued(..));
        if queued {
            inner.stage = Stage::Gone;
        }
        queued
    }

    /// Answers a call that nobody will make any more, if it has no answer yet.
    pub(super) fn turn_away(&self, error: impl FnOnce(Wait) -> ShardError) {
        let wait = match self.lock().stage {
            Stage::Queued(..) | Stage::Boarded(..) => Wait::Permit,
            Stage::Sent(_) => Wait::Statement,
            Stage::Answered(_) | Stage::Gone => return,
        };
        self.answer(Reply::Done(Err(error(wait))));
    }

    /// The batch it is in, if it is in one now.
    pub(super) fn batch(&self) -> Option<Arc<Batch>> {
        match &self.lock().stage {
            Stage::Boarded(_, batch) | Stage::Sent(batch) => Some(Arc::clone(batch)),
            Stage::Queued(..) | Stage::Answered(_) | Stage::Gone => None,
        }
    }

    /// The caller goes away. Nothing is sent for it from here on.
    pub(super) fn leave(&self) -> Left<C, W> {
        let stage = mem::replace(&mut self.lock().stage, Stage::Gone);
        match stage {
            Stage::Queued(..) => Left::Queued,
            Stage::Boarded(_, batch) => Left::Boarded(batch),
            Stage::Sent(batch) => Left::Sent(batch),
            Stage::Answered(reply) => Left::Answered(reply),
            Stage::Gone => Left::Gone,
        }
    }

    /// The stages are whole between any two calls.
    fn lock(&self) -> MutexGuard<'_, Inner<C, W>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
