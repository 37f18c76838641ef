use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore, TryAcquireError};

use super::{Deadline, budget::Claim};

/// Turns on a shard: as many at a time as it has connections, handed out in
/// the order they were asked for.
#[derive(Debug)]
pub(super) struct Permits {
    turns: Arc<Semaphore>,
    /// SQLite has one writer at a time. Waiting for that here is fair and holds
    /// no thread; waiting in SQLite itself would be neither.
    writer: Option<Arc<Semaphore>>,
}

/// A turn; dropped when the connection is back in the pool.
#[derive(Debug)]
pub(super) struct Permit {
    _claim: Option<Claim>,
    _writer: Option<OwnedSemaphorePermit>,
    _turn: OwnedSemaphorePermit,
}

impl Permit {
    /// Together with a claim on the cluster's budget.
    pub(super) fn with(self, claim: Claim) -> Self {
        Self { _claim: Some(claim), ..self }
    }
}

impl Permits {
    pub(super) fn new(size: u32, one_writer: bool) -> Self {
        Self {
            turns: Arc::new(Semaphore::new(size as usize)),
            writer: one_writer.then(|| Arc::new(Semaphore::new(1))),
        }
    }

    /// A turn, or `None` if it does not come before the deadline.
    pub(super) async fn acquire(&self, write: bool, deadline: Deadline) -> Option<Permit> {
        // The writer's turn first: a writer that waits must not keep readers out.
        let writer = match self.writer.as_ref().filter(|_| write) {
            Some(writer) => Some(one_of(writer, deadline).await?),
            None => None,
        };
        Some(Permit { _claim: None, _writer: writer, _turn: one_of(&self.turns, deadline).await? })
    }

    /// A reader's turn if there is one right now.
    pub(super) fn try_acquire(&self) -> Option<Permit> {
        let turn = Arc::clone(&self.turns).try_acquire_owned().ok()?;
        Some(Permit { _claim: None, _writer: None, _turn: turn })
    }

    pub(super) fn free(&self) -> usize {
        self.turns.available_permits()
    }

    /// Hands out no more turns; those taken come back as they will.
    pub(super) fn close(&self) {
        self.turns.close();
        self.writer.iter().for_each(|writer| writer.close());
    }

    pub(super) fn is_closed(&self) -> bool {
        self.turns.is_closed()
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
