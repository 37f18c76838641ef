//! What the clients were told of their writes.

/// The steps an order takes, each of which leads to the next.
pub(super) const STEPS: [&str; 4] = ["placed", "paid", "shipped", "delivered"];

/// An order as a client knows it. `customer_id` is unique over all orders ever asked for, and so
/// finds an order whose id nobody was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    pub(super) tenant: String,
    pub(super) shard: usize,
    pub(super) customer: String,
    pub(super) total: i64,
    pub(super) currency: String,
    /// The `Idempotency-Key` of every request for it.
    pub(super) key: String,
    /// Unknown until it was acknowledged.
    pub(super) order_id: String,
    /// The last of [`STEPS`] that was acknowledged.
    pub(super) reached: usize,
    /// The last one asked for, which may have been taken or not.
    pub(super) tried: usize,
}

/// Every write of a load by its outcome.
#[derive(Debug, Default, Clone)]
pub(crate) struct Ledger {
    /// Answered 201: they exist, once.
    pub(super) acknowledged: Vec<Known>,
    /// Customers of orders that were never answered otherwise than by 4xx: none exists.
    pub(super) refused: Vec<String>,
    /// Never answered for certain: each exists once or not at all.
    pub(super) unknown: Vec<Known>,
    /// Answers that contradict what was acknowledged before, or that nothing explains.
    pub(super) wrong: Vec<String>,
}

impl Ledger {
    pub(crate) fn merge(&mut self, other: Ledger) {
        self.acknowledged.extend(other.acknowledged);
        self.refused.extend(other.refused);
        self.unknown.extend(other.unknown);
        self.wrong.extend(other.wrong);
    }

    /// Leaves out a shard whose data a test has thrown away.
    pub(crate) fn forget(&mut self, shard: usize) {
        self.acknowledged.retain(|known| known.shard != shard);
        self.unknown.retain(|known| known.shard != shard);
    }

    /// How many writes were acknowledged.
    pub(crate) fn acknowledged(&self) -> usize {
        self.acknowledged.len()
    }

    /// How many were refused.
    pub(crate) fn refused(&self) -> usize {
        self.refused.len()
    }

    /// How many have no outcome.
    pub(crate) fn unknown(&self) -> usize {
        self.unknown.len()
    }
}
