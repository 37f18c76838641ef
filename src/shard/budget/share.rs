use std::{
    fmt,
    sync::{Arc, Condvar, Mutex, MutexGuard, OnceLock, PoisonError},
    time::Duration,
};

use tokio::sync::oneshot::Sender;

use super::{
    Claim, Seat,
    books::{Books, Ticket},
    claim::Waiting,
    eviction::Eviction,
};
use crate::shard::Deadline;

/// One shard's part in the budget of its cluster.
#[derive(Clone)]
pub struct Share {
    budget: Arc<Budget>,
    shard: usize,
}

/// What the shards share.
struct Budget {
    books: Mutex<Books<Sender<Claim>>>,
    /// Told of every change, for those who wait on a blocking thread.
    changed: Condvar,
    /// How each shard closes one idle connection, if it has any.
    pools: Vec<OnceLock<Give>>,
}

/// Closes an idle connection and says whether there was one.
type Give = Box<dyn Fn() -> bool + Send + Sync>;

/// Who settles the books, and so what may follow from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Settle {
    /// Waiters are served, and connections closed for those who could not be.
    All,
    /// Waiters are served. For who has nothing new to lend, and may be on a
    /// thread that must not be asked to find out.
    Served,
}

impl Share {
    /// The shares of shards with these minimums in so many connections.
    ///
    /// # Panics
    /// If the minimums are more than the total.
    #[must_use]
    pub fn of(max_total: u32, minimums: &[u32]) -> Vec<Self> {
        let least: u64 = minimums.iter().map(|&least| u64::from(least)).sum();
        assert!(least <= u64::from(max_total), "the minimums fit into the total");
        let budget = Arc::new(Budget {
            books: Mutex::new(Books::new(max_total, minimums)),
            changed: Condvar::new(),
            pools: minimums.iter().map(|_| OnceLock::new()).collect(),
        });
        (0..minimums.len()).map(|shard| Self { budget: Arc::clone(&budget), shard }).collect()
    }

    /// Tells how the shard closes an idle connection for others.
    pub(in crate::shard) fn lend_by(&self, give: impl Fn() -> bool + Send + Sync + 'static) {
        // A share is one shard's: whoever came first is the one that has the pool.
        let _ = self.budget.pools[self.shard].set(Box::new(give));
    }

    /// A claim, or `None` if none comes before the deadline. Holds no thread.
    pub(in crate::shard) async fn claim(&self, patience: Deadline) -> Option<Claim> {
        // Only who has to wait needs a clock.
        match self.claim_at_once() {
            Some(claim) => Some(claim),
            None => tokio::time::timeout(patience.remaining(), self.claim_whenever()).await.ok()?,
        }
    }

    /// A claim, whenever it comes; `None` if the shard takes no more calls.
    pub(in crate::shard) async fn claim_whenever(&self) -> Option<Claim> {
        let waiting = {
            let mut books = self.books();
            if books.claim(self.shard) {
                return Some(Claim::new(self.clone()));
            }
            let (tell, told) = tokio::sync::oneshot::channel();
            let ticket = books.wait(self.shard, tell)?;
            let waiting = Waiting::new(self.clone(), ticket, told);
            self.settle(books, Settle::All);
            waiting
        };
        waiting.await
    }

    /// A claim, if there is one to be had right now.
    pub(in crate::shard) fn claim_at_once(&self) -> Option<Claim> {
        self.books().claim(self.shard).then(|| Claim::new(self.clone()))
    }

    /// A seat for a connection to be opened, if one is due to the shard.
    pub(in crate::shard) fn open(&self) -> Option<Seat> {
        self.books().open(self.shard).then(|| Seat::new(self.clone()))
    }

    /// Connections there are or are being opened, and how many nobody uses.
    pub(in crate::shard) fn connections(&self) -> (u32, u32) {
        let books = self.books();
        let tally = books.shard(self.shard);
        (tally.seats, tally.seats.saturating_sub(tally.claims))
    }

    /// Counts what may have ended a wait for a connection.
    pub(in crate::shard) fn changes(&self) -> u64 {
        self.books().shard(self.shard).changes
    }

    /// Waits until there were changes since they were `seen`. Blocks.
    pub(in crate::shard) fn wait_for_change(&self, seen: u64, limit: Duration) {
        let unchanged = |books: &mut Books<_>| books.shard(self.shard).changes == seen;
        let wait = self.budget.changed.wait_timeout_while(self.books(), limit, unchanged);
        drop(wait.unwrap_or_else(PoisonError::into_inner));
    }

    /// Turns away who waits for the shard, and all to come.
    pub(in crate::shard) fn close(&self) {
        self.change(Settle::All, |books, shard| books.close(shard));
    }

    pub(super) fn forget(&self, ticket: Ticket) {
        self.change(Settle::All, |books, _| books.forget(ticket));
    }

    /// Changes the books and sees to what follows.
    pub(super) fn change(
        &self,
        settle: Settle,
        change: impl FnOnce(&mut Books<Sender<Claim>>, usize),
    ) {
        let mut books = self.books();
        change(&mut books, self.shard);
        self.settle(books, settle);
    }

    /// Whether the shard can still do without the connection it was to lend.
    pub(super) fn still_lends(&self) -> bool {
        self.books().still_lends(self.shard)
    }

    /// Closes an idle connection of the shard, if it has any. Blocks.
    pub(super) fn give(&self) -> bool {
        self.budget.pools[self.shard].get().is_some_and(|give| give())
    }

    fn settle(&self, mut books: MutexGuard<'_, Books<Sender<Claim>>>, settle: Settle) {
        let served = books.serve();
        let evictions = if settle == Settle::All { books.evict() } else { Vec::new() };
        drop(books);
        self.budget.changed.notify_all();
        for (shard, tell) in served {
            // One who has gone away meanwhile gives the claim back by dropping it.
            let _ = tell.send(Claim::new(self.at(shard)));
        }
        evictions.into_iter().for_each(|shard| Eviction::new(self.at(shard)).start());
    }

    fn at(&self, shard: usize) -> Self {
        Self { budget: Arc::clone(&self.budget), shard }
    }

    /// The books are whole after every call that changes them.
    fn books(&self) -> MutexGuard<'_, Books<Sender<Claim>>> {
        self.budget.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let books = self.books();
        f.debug_tuple("Share").field(books.shard(self.shard)).finish()
    }
}
