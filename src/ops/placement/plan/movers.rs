use std::{
    cmp::{Ordering, Reverse},
    collections::BinaryHeap,
};

use super::super::Load;
use crate::{key::ShardId, ops::tables::StoredKey};

/// A key that moves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mover {
    /// The key.
    pub key: StoredKey,
    /// Where it is.
    pub from: ShardId,
    /// Where it goes.
    pub to: ShardId,
    /// What it has there.
    pub load: Load,
}

/// The largest movers so far, and no more of them than asked for.
pub(super) struct Largest {
    heap: BinaryHeap<Reverse<Ranked>>,
    top: usize,
}

/// Ordered by rows, then bytes; of equals the smaller key is the larger mover.
struct Ranked {
    load: Load,
    key: StoredKey,
    from: usize,
    to: usize,
}

impl Largest {
    pub(super) fn new(top: usize) -> Self {
        Self { heap: BinaryHeap::new(), top }
    }

    pub(super) fn offer(&mut self, key: &StoredKey, load: Load, from: usize, to: usize) {
        let full = self.heap.len() >= self.top;
        let beaten = |Reverse(least): &Reverse<Ranked>| {
            (load.rows, load.bytes) > (least.load.rows, least.load.bytes)
        };
        // Keys come in ascending order, so that of equals the first stay.
        if full && !self.heap.peek().is_some_and(beaten) {
            return;
        }
        self.heap.push(Reverse(Ranked { load, key: key.clone(), from, to }));
        if self.heap.len() > self.top {
            self.heap.pop();
        }
    }

    pub(super) fn finish(self, shards: &[ShardId]) -> Vec<Mover> {
        let named = |Reverse(ranked): Reverse<Ranked>| Mover {
            key: ranked.key,
            from: shards[ranked.from].clone(),
            to: shards[ranked.to].clone(),
            load: ranked.load,
        };
        self.heap.into_sorted_vec().into_iter().map(named).collect()
    }
}

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_load = (self.load.rows, self.load.bytes).cmp(&(other.load.rows, other.load.bytes));
        by_load.then_with(|| other.key.cmp(&self.key)).then_with(|| other.from.cmp(&self.from))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}
