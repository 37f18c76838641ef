use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::{Access, Deadline, Share, budget::Claim};

/// Turns on a shard: as many at a time as it has connections, handed out in
/// the order they were asked for.
#[derive(Debug, Clone)]
pub(super) struct Permits {
    turns: Arc<Semaphore>,
    /// SQLite has one writer at a time. Waiting for that here is fair and holds
    /// no thread; waiting in SQLite itself would be neither.
    writer: Option<Arc<Semaphore>>,
    /// How many calls by themselves wait.
    pending: Arc<AtomicUsize>,
    /// Where connections are counted over all shards, a turn needs a claim too.
    share: Option<Share>,
}

/// A turn; dropped when the connection is back in the pool.
#[derive(Debug)]
pub(super) struct Permit {
    _claim: Option<Claim>,
    _writer: Option<OwnedSemaphorePermit>,
    _turn: OwnedSemaphorePermit,
}

impl Permits {
    pub(super) fn new(size: u32, one_writer: bool, share: Option<Share>) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(size as usize)),
            writer: one_writer.then(|| Arc::new(Semaphore::new(1))),
            pending: Arc::default(),
            share,
        }
    }

    /// A turn, or `None` if it does not come before the deadline.
    pub(super) async fn acquire(&self, access: Access, deadline: Deadline) -> Option<Permit> {
        // The writer's turn first: a writer that waits must not keep readers out.
        let writer = match self.writer_for(access) {
            Some(writer) => Some(one_of(writer, deadline).await?),
            None => None,
        };
        let turn = one_of(&self.turns, deadline).await?;
        let claim = match &self.share {
            Some(share) => Some(share.claim(deadline).await?),
            None => None,
        };
        Some(Permit { _claim: claim, _writer: writer, _turn: turn })
    }

    /// A turn, whenever it comes; `None` if there are no more. Needs no clock, and so no
    /// runtime.
    pub(super) async fn acquire_whenever(&self, access: Access) -> Option<Permit> {
        let writer = match self.writer_for(access) {
            Some(writer) => Some(Arc::clone(writer).acquire_owned().await.ok()?),
            None => None,
        };
        let turn = Arc::clone(&self.turns).acquire_owned().await.ok()?;
        let claim = match &self.share {
            Some(share) => Some(share.claim_whenever().await?),
            None => None,
        };
        Some(Permit { _claim: claim, _writer: writer, _turn: turn })
    }

    /// A turn if there is one right now.
    pub(super) fn try_acquire(&self, access: Access) -> Option<Permit> {
        let one_of = |turns: &Arc<Semaphore>| Arc::clone(turns).try_acquire_owned().ok();
        let writer = match self.writer_for(access) {
            Some(writer) => Some(one_of(writer)?),
            None => None,
        };
        let turn = one_of(&self.turns)?;
        let claim = match &self.share {
            Some(share) => Some(share.claim_at_once()?),
            None => None,
        };
        Some(Permit { _claim: claim, _writer: writer, _turn: turn })
    }

    fn writer_for(&self, access: Access) -> Option<&Arc<Semaphore>> {
        self.writer.as_ref().filter(|_| access.writes())
    }

    /// Counts a call as waiting until this is dropped.
    pub(super) fn count_in(&self) -> Pending<'_> {
        self.pending.fetch_add(1, Ordering::Relaxed);
        Pending(&self.pending)
    }

    /// How many calls by themselves wait for a turn.
    pub(super) fn pending(&self) -> usize {
        self.pending.load(Ordering::Relaxed)
    }

    pub(super) fn free(&self) -> usize {
        self.turns.available_permits()
    }

    /// Hands out no more turns; those taken come back as they will.
    pub(super) fn close(&self) {
        self.turns.close();
        self.writer.iter().for_each(|writer| writer.close());
        self.share.iter().for_each(Share::close);
    }

    pub(super) fn is_closed(&self) -> bool {
        self.turns.is_closed()
    }
}

/// One that waits, until it is dropped.
pub(super) struct Pending<'a>(&'a AtomicUsize);

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

async fn one_of(turns: &Arc<Semaphore>, deadline: Deadline) -> Option<OwnedSemaphorePermit> {
    match Arc::clone(turns).try_acquire_owned() {
        Ok(turn) => Some(turn),
        Err(TryAcquireError::Closed) => None,
        Err(TryAcquireError::NoPermits) => {
            let wait = Arc::clone(turns).acquire_owned();
            tokio::time::timeout(deadline.remaining(), wait).await.ok()?.ok()
        }
    }
}
