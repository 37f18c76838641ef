use tokio::runtime::Handle;

use super::{Share, share::Settle};
use crate::shard::run::spawn;

/// An idle connection of one shard that is to be closed for another's sake.
pub(super) struct Eviction {
    lender: Share,
    settle: Settle,
}

impl Eviction {
    pub(super) fn new(lender: Share) -> Self {
        Self { lender, settle: Settle::Served }
    }

    /// Closes it, on a blocking thread where there are any. There is one to
    /// spare: who evicts does so in place of a call that had the connection.
    pub(super) fn start(self) {
        if Handle::try_current().is_ok() {
            drop(spawn(move || self.carry_out()));
        } else {
            self.carry_out();
        }
    }

    fn carry_out(mut self) {
        let still = self.lender.still_lends();
        // Not found, it is with someone who will say so when done with it: asking
        // again before that would be asking in vain.
        if !still || self.lender.give() {
            self.settle = Settle::All;
        }
    }
}

impl Drop for Eviction {
    fn drop(&mut self) {
        self.lender.change(self.settle, |books, shard| books.evicted(shard));
    }
}
