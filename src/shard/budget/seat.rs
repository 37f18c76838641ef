use super::{Share, share::Settle};

/// The place in the budget of a connection that is open or being opened.
///
/// It lies beside the connection it counts and is dropped after it: a place is
/// nobody else's before the connection is closed, whoever closes it.
#[derive(Debug)]
pub(in crate::shard) struct Seat(Share);

impl Seat {
    pub(super) fn new(share: Share) -> Self {
        Self(share)
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        // Perhaps on a pool's own thread. One connection less is room for one
        // waiter, and makes nobody a lender.
        self.0.change(Settle::Served, |books, shard| books.closed(shard));
    }
}
