use super::{Amount, Load, Resident};
use crate::{key::ShardId, ops::tables::StoredKey};

/// Things found: all of them counted, the first few listed, so that a million
/// of them take no more memory than a hundred.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Findings<T> {
    /// How many there are, with what they have.
    pub total: Amount,
    /// The first of them, in the order of their keys.
    pub listed: Vec<T>,
    limit: usize,
}

/// A key that something is the matter with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The key.
    pub key: StoredKey,
    /// The shards it is on, each with what it has there.
    pub on: Vec<(ShardId, Load)>,
    /// Where the rule has it, or why it has no place.
    pub home: Result<ShardId, String>,
}

impl<T> Findings<T> {
    /// None yet; at most so many will be listed.
    pub(super) fn new(limit: usize) -> Self {
        Self { total: Amount::default(), listed: Vec::new(), limit }
    }

    /// Counts one more, and lists it if there is room.
    pub(super) fn add(&mut self, load: Load, finding: impl FnOnce() -> T) {
        self.total += Amount::one(load);
        if self.listed.len() < self.limit {
            self.listed.push(finding());
        }
    }

    /// Whether nothing was found.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.total.keys == 0
    }

    /// How many were found and are not listed.
    #[must_use]
    pub fn unlisted(&self) -> u64 {
        self.total.keys - self.listed.len() as u64
    }
}

impl Finding {
    /// Of a key that was found, and its place in the list of shards.
    pub(super) fn of(
        found: Resident<'_>,
        home: &Result<usize, String>,
        shards: &[ShardId],
    ) -> Self {
        let on = found.at.iter().map(|(place, load)| (shards[*place].clone(), *load));
        let home = home.as_ref().map(|place| shards[*place].clone()).map_err(String::clone);
        Self { key: found.key.clone(), on: on.collect(), home }
    }
}
