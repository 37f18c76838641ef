use thiserror::Error;

use crate::key::{KeyRange, ShardKey};

/// A key the rule has no place for.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RouteError {
    /// No range holds it.
    #[error("key {key} lies in no range of this keyspace; add a range that holds it")]
    Unmapped {
        /// The key.
        key: String,
    },
    /// The rule places by region and the key carries none.
    #[error("this keyspace is placed by region, and the key carries none")]
    RegionRequired,
    /// The rule does not know the region and has no default.
    #[error("region `{region}` has no shard; known regions: {known}")]
    UnknownRegion {
        /// The region as given.
        region: String,
        /// The regions there are, comma-separated.
        known: String,
    },
    /// The rule needs another kind of key.
    #[error("strategy {strategy} needs {expected}, and `{key}` is none")]
    WrongKey {
        /// The rule's name.
        strategy: &'static str,
        /// What it needs, in words.
        expected: &'static str,
        /// The key.
        key: String,
    },
}

impl RouteError {
    /// A key of a kind the rule can't place.
    #[must_use]
    pub fn wrong_key(strategy: &'static str, expected: &'static str, key: &ShardKey<'_>) -> Self {
        Self::WrongKey { strategy, expected, key: key.to_string() }
    }
}

/// A rule that can't be a router.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RuleError {
    /// No shard at all.
    #[error("the rule names no shard")]
    NoShard,
    /// A shard stands in it twice.
    #[error("shard {0} stands on the ring twice; give it a weight instead")]
    ShardTwice(String),
    /// A range that holds no key.
    #[error("range {range} of {shard} is empty; its start must be below its end")]
    EmptyRange {
        /// The range.
        range: KeyRange,
        /// Its shard.
        shard: String,
    },
    /// Two ranges claim a key.
    #[error("range {first} of {first_shard} overlaps range {second} of {second_shard}")]
    Overlap {
        /// The lower range.
        first: KeyRange,
        /// Its shard.
        first_shard: String,
        /// The upper range.
        second: KeyRange,
        /// Its shard.
        second_shard: String,
    },
    /// Keys without a range, and gaps not allowed.
    #[error(
        "keys {missing} have no shard{between}; add a range, or set allow_gaps = true to answer \
         them with an error"
    )]
    Gap {
        /// The keys.
        missing: KeyRange,
        /// Which entries the gap lies between, in words.
        between: String,
    },
    /// The ring would not fit in memory.
    #[error("a ring of {points} points is too large; lower virtual_nodes or the weights")]
    RingTooLarge {
        /// The points it would have.
        points: u64,
    },
}
