//! The suite every router must pass, ours and anyone's.

use thiserror::Error;

use super::Router;
use crate::key::ShardKey;

/// What a router got wrong.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum Violation {
    /// It answers with nothing, so a scatter would go nowhere.
    #[error("shards() is empty")]
    NoShards,
    /// A scatter would visit a shard twice, or in no order.
    #[error("shards() is not ascending with each shard once")]
    ShardsUnsorted,
    /// Asked twice, it answered differently.
    #[error("route({0}) is not deterministic")]
    NotDeterministic(String),
    /// It sends a key where a scatter would not look for it.
    #[error("route({0}) answers with a shard that shards() leaves out")]
    StrayShard(String),
    /// What it says of a key is not what it does with it.
    #[error("explain({0}) disagrees with route({0})")]
    Explanation(String),
    /// Its digest changes though its rule can't.
    #[error("fingerprint() is not stable")]
    Fingerprint,
    /// It has no name.
    #[error("strategy() is empty")]
    NoName,
}

/// Checks a router against the contract of [`Router`], by example.
///
/// Hand it as many keys as you can spare: of the kind the rule takes, at its
/// boundaries, and of the kind it refuses.
///
/// # Errors
/// The first [`Violation`] found.
///
/// # Examples
/// ```
/// use shardwright::key::{KeyRange, ShardId, ShardIndex, ShardKey};
/// use shardwright::routing::{RangeRouter, contract};
///
/// let below = (KeyRange { start: None, end: Some(100) }, ShardIndex::new(0));
/// let above = (KeyRange { start: Some(100), end: None }, ShardIndex::new(1));
/// let names = [ShardId::new("shard-0")?, ShardId::new("shard-1")?];
/// let router = RangeRouter::new(&names, vec![below, above], false)?;
///
/// let keys = [i64::MIN, -1, 0, 99, 100, i64::MAX].map(ShardKey::int);
/// contract::check(&router, keys.into_iter().chain([ShardKey::text("not a number")]))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn check<'a>(
    router: &dyn Router,
    keys: impl IntoIterator<Item = ShardKey<'a>>,
) -> Result<(), Violation> {
    let shards = router.shards();
    if router.strategy().is_empty() {
        return Err(Violation::NoName);
    }
    if shards.is_empty() {
        return Err(Violation::NoShards);
    }
    if !shards.is_sorted_by(|a, b| a < b) {
        return Err(Violation::ShardsUnsorted);
    }
    if router.fingerprint() != router.fingerprint() {
        return Err(Violation::Fingerprint);
    }
    for key in keys {
        let home = router.route(&key);
        if home != router.route(&key) {
            return Err(Violation::NotDeterministic(key.to_string()));
        }
        if home.as_ref().is_ok_and(|shard| !shards.contains(shard)) {
            return Err(Violation::StrayShard(key.to_string()));
        }
        if router.explain(&key).map(|explanation| explanation.shard) != home {
            return Err(Violation::Explanation(key.to_string()));
        }
    }
    Ok(())
}
