use std::fmt::Debug;

use super::{Fingerprint, Pin, RouteError, Shape};
use crate::key::{ShardId, ShardIndex, ShardKey};

/// A placement rule: says for each key which shard it lives on.
///
/// Implemented by the strategies of this module, and by anyone's own: hand one
/// over by keyspace when building a [`ShardedDb`](crate::cluster::ShardedDb).
/// A new implementation should pass [`contract::check`](super::contract::check).
///
/// # Examples
/// ```
/// use shardwright::key::{KeyId, ShardIndex, ShardKey};
/// use shardwright::routing::{Explanation, Fingerprint, RouteError, Router};
///
/// /// Odd ids on the second shard, even ones on the first.
/// #[derive(Debug)]
/// struct Parity([ShardIndex; 2]);
///
/// impl Router for Parity {
///     fn strategy(&self) -> &'static str {
///         "parity"
///     }
///     fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
///         match key.id() {
///             KeyId::Int(id) => Ok(self.0[id.rem_euclid(2) as usize]),
///             KeyId::Text(_) => Err(RouteError::wrong_key("parity", "a whole number", key)),
///         }
///     }
///     fn shards(&self) -> &[ShardIndex] {
///         &self.0
///     }
///     fn fingerprint(&self) -> Fingerprint {
///         Fingerprint::builder("parity").finish()
///     }
/// }
///
/// let router = Parity([ShardIndex::new(0), ShardIndex::new(1)]);
/// assert_eq!(router.route(&ShardKey::int(-3)), Ok(ShardIndex::new(1)));
/// ```
pub trait Router: Debug + Send + Sync + 'static {
    /// The rule's name, as `strategy = "…"` has it.
    fn strategy(&self) -> &'static str;

    /// The key's shard. Called on every request: deterministic, without
    /// allocation (but for the error) and without I/O.
    ///
    /// # Errors
    /// [`RouteError`] if the rule has no place for the key.
    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError>;

    /// Every shard the rule can answer with, ascending and each once: where a
    /// scatter goes.
    fn shards(&self) -> &[ShardIndex];

    /// A digest that differs when, and only when, some key's placement differs.
    fn fingerprint(&self) -> Fingerprint;

    /// The digest of this rule with pins in front of it, sorted by key and each
    /// key once; `shards` is the cluster's list, for names.
    ///
    /// Unless overridden every pin counts, which is right for a rule that looks
    /// at more than a key's id: a pin takes the key whatever the rest of it says.
    /// A rule that looks at the id alone should leave out the pins that agree
    /// with it.
    fn fingerprint_under(&self, pins: &[Pin], shards: &[ShardId]) -> Fingerprint {
        self.fingerprint().under(pins, shards)
    }

    /// The key's shard and, in words, why. For people: may allocate.
    ///
    /// # Errors
    /// As [`Router::route`].
    fn explain(&self, key: &ShardKey<'_>) -> Result<Explanation, RouteError> {
        let shard = self.route(key)?;
        let strategy = self.strategy();
        Ok(Explanation { shard, strategy, why: format!("placed by {strategy}") })
    }

    /// What kind of rule it is, for whoever draws it. One that wraps another of ours
    /// hands on that one's.
    fn shape(&self) -> Shape<'_> {
        Shape::Own
    }
}

/// Where a key lives and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The shard.
    pub shard: ShardIndex,
    /// The rule that decided: of a wrapped rule, the one that had its way.
    pub strategy: &'static str,
    /// One sentence for an operator.
    pub why: String,
}
