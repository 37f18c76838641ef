use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::Tally;
use crate::{
    key::{KeyspaceName, ShardId},
    ops::{
        identity::IdentityError,
        migrate::{Drifted, Schema, Status},
    },
};

/// What is known of all shards, each as it was when it was last looked at.
#[derive(Debug, Clone, Default)]
pub struct Inspection {
    /// Each shard, in the cluster's order.
    pub shards: Vec<Inspected>,
    /// Those whose schema differs from that of the others, in shard order.
    pub drifted: Vec<Drifted>,
    /// How many times all shards have been looked at.
    pub round: u64,
    /// When they last had been.
    pub finished: Option<DateTime<Utc>>,
}

/// What is known of one shard.
#[derive(Debug, Clone)]
pub struct Inspected {
    /// The shard.
    pub shard: ShardId,
    /// When it was last asked, if it ever was.
    pub asked: Option<DateTime<Utc>>,
    /// Why it did not answer then, in words that may leave the house.
    pub trouble: Option<&'static str>,
    /// What it said when it last answered.
    pub found: Option<Arc<Found>>,
    /// What each keyspace has there, as far as it was ever counted.
    pub counts: Vec<Count>,
}

/// What a shard said of itself.
#[derive(Debug, Clone)]
pub struct Found {
    /// When.
    pub at: DateTime<Utc>,
    /// Which migrations it has behind it.
    pub status: Status,
    /// Why it is not the database it is taken for, if it is not.
    pub identity: Option<IdentityError>,
    /// Its schema and the versions that made it; none while it is migrated.
    pub(super) schema: Option<(Vec<String>, Schema)>,
}

/// What a keyspace has on one shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Count {
    /// The keyspace.
    pub keyspace: KeyspaceName,
    /// When it was counted.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub counted: Counted,
}

/// What came of counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Counted {
    /// All of it.
    Exactly(Tally),
    /// There are more rows than are counted in passing.
    TooMany,
    /// The server was not done with it in time.
    TooSlow,
    /// It can't be: its tables are not there yet, most likely.
    Failed,
}

impl Inspection {
    /// What one shard differs in from the others, if it does.
    #[must_use]
    pub fn drift_of(&self, shard: &ShardId) -> Option<&Drifted> {
        self.drifted.iter().find(|drifted| drifted.shard == *shard)
    }
}

impl Inspected {
    pub(super) fn unknown(shard: ShardId) -> Self {
        Self { shard, asked: None, trouble: None, found: None, counts: Vec::new() }
    }

    /// How many migrations it still has to get; none if it was never heard.
    #[must_use]
    pub fn pending(&self) -> Option<usize> {
        self.found.as_ref().map(|found| found.status.pending().count())
    }

    /// What a keyspace has there.
    #[must_use]
    pub fn count(&self, keyspace: &KeyspaceName) -> Option<&Count> {
        self.counts.iter().find(|count| count.keyspace == *keyspace)
    }

    /// Puts a count in the place of the one before.
    pub(super) fn keep(&mut self, count: Count) {
        self.counts.retain(|known| known.keyspace != count.keyspace);
        self.counts.push(count);
    }
}

impl Counted {
    /// The figures, if it was counted.
    #[must_use]
    pub fn tally(self) -> Option<Tally> {
        match self {
            Self::Exactly(tally) => Some(tally),
            Self::TooMany | Self::TooSlow | Self::Failed => None,
        }
    }
}
