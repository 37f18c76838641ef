use std::collections::HashMap;

use super::{Explanation, Fingerprint, RouteError, Router};
use crate::key::{KeyId, ShardId, ShardIndex, ShardKey};

/// Keys pinned to a shard in front of any rule: for the tenant that has a
/// database of its own.
///
/// A pin looks at the id alone, whatever region the key carries. Both a number
/// and its decimal text find the same pin.
///
/// # Examples
/// ```
/// use shardwright::key::{KeyRange, ShardId, ShardIndex, ShardKey};
/// use shardwright::routing::{Directory, RangeRouter, Router};
///
/// let shards = [ShardId::new("shard-0")?, ShardId::new("shard-1")?];
/// let all = KeyRange { start: None, end: None };
/// let rule = RangeRouter::new(&shards, vec![(all, ShardIndex::new(0))], false)?;
/// let router = Directory::new(rule, &shards, [("42".to_owned(), ShardIndex::new(1))]);
/// assert_eq!(router.route(&ShardKey::int(42)), Ok(ShardIndex::new(1)));
/// assert_eq!(router.route(&ShardKey::int(43)), Ok(ShardIndex::new(0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Directory<R> {
    rule: R,
    texts: HashMap<Box<str>, ShardIndex>,
    /// The pins that are numbers, so that an integer key is found without writing it out.
    numbers: HashMap<i64, ShardIndex>,
    shards: Vec<ShardIndex>,
    fingerprint: Fingerprint,
}

impl<R: Router> Directory<R> {
    /// Puts pins in front of a rule; of two pins of one key the last counts.
    pub fn new(
        rule: R,
        shards: &[ShardId],
        pins: impl IntoIterator<Item = (String, ShardIndex)>,
    ) -> Self {
        let texts: HashMap<Box<str>, ShardIndex> =
            pins.into_iter().map(|(key, shard)| (key.into_boxed_str(), shard)).collect();
        let numbers =
            texts.iter().filter_map(|(key, shard)| Some((number(key)?, *shard))).collect();
        let mut used: Vec<_> = rule.shards().iter().chain(texts.values()).copied().collect();
        used.sort_unstable();
        used.dedup();
        let fingerprint = fingerprint(&rule, shards, &texts);
        Self { rule, texts, numbers, shards: used, fingerprint }
    }

    fn pin(&self, key: &ShardKey<'_>) -> Option<ShardIndex> {
        match key.id() {
            KeyId::Int(id) => self.numbers.get(&id).copied(),
            KeyId::Text(id) => self.texts.get(id).copied(),
        }
    }
}

impl<R: Router> Router for Directory<R> {
    fn strategy(&self) -> &'static str {
        self.rule.strategy()
    }

    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        match self.pin(key) {
            Some(shard) => Ok(shard),
            None => self.rule.route(key),
        }
    }

    fn shards(&self) -> &[ShardIndex] {
        &self.shards
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    fn explain(&self, key: &ShardKey<'_>) -> Result<Explanation, RouteError> {
        let Some(shard) = self.pin(key) else { return self.rule.explain(key) };
        let why = match self.rule.route(key) {
            Ok(home) if home == shard => "pinned here, where its rule has it too".to_owned(),
            _ => format!("pinned here, away from its {} rule", self.rule.strategy()),
        };
        Ok(Explanation { shard, strategy: "directory", why })
    }
}

/// Only pins that send a key away from its rule count: one that doesn't moves
/// no key, and a directory of none is the rule itself.
fn fingerprint(
    rule: &impl Router,
    shards: &[ShardId],
    pins: &HashMap<Box<str>, ShardIndex>,
) -> Fingerprint {
    let mut sorted: Vec<_> = pins.iter().filter(|(key, shard)| moves(rule, key, **shard)).collect();
    if sorted.is_empty() {
        return rule.fingerprint();
    }
    sorted.sort();
    let mut builder = Fingerprint::builder("directory");
    builder.field(rule.fingerprint().to_string().as_bytes());
    for (key, shard) in sorted {
        builder.field(key.as_bytes()).field(shards[shard.get()].as_str().as_bytes());
    }
    builder.finish()
}

/// The number a key is, in its one canonical spelling: "+7" and "007" are
/// texts of their own.
fn number(key: &str) -> Option<i64> {
    key.parse().ok().filter(|number: &i64| number.to_string() == key)
}

/// Whether the rule would put the key anywhere else, or nowhere.
fn moves(rule: &impl Router, key: &str, pinned: ShardIndex) -> bool {
    let as_text = rule.route(&ShardKey::text(key));
    let as_number = number(key).map(|id| rule.route(&ShardKey::int(id)));
    let mut homes = as_number.into_iter().chain([as_text]).filter_map(Result::ok).peekable();
    homes.peek().is_none() || homes.any(|home| home != pinned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{key::KeyRange, routing::RangeRouter};

    fn directory(pins: &[(&str, u16)]) -> Directory<RangeRouter> {
        let shards = ["a", "b"].map(|name| ShardId::new(name).expect("a good name"));
        let all = KeyRange { start: None, end: None };
        let rule = RangeRouter::new(&shards, vec![(all, ShardIndex::new(0))], false);
        let pins = pins.iter().map(|(key, s)| ((*key).to_owned(), ShardIndex::new(*s)));
        Directory::new(rule.expect("a good rule"), &shards, pins)
    }

    #[test]
    fn a_pin_wins_over_the_rule_and_says_so() {
        let router = directory(&[("42", 1)]);
        let pinned = router.explain(&ShardKey::int(42)).expect("pinned");
        assert_eq!((pinned.shard, pinned.strategy), (ShardIndex::new(1), "directory"));
        assert_eq!(router.route(&ShardKey::int(43)), Ok(ShardIndex::new(0)));
        assert_eq!(router.shards(), [ShardIndex::new(0), ShardIndex::new(1)]);
    }

    #[test]
    fn only_the_canonical_spelling_of_a_number_is_that_number() {
        let router = directory(&[("007", 1), ("+8", 1)]);
        assert_eq!(router.route(&ShardKey::int(7)), Ok(ShardIndex::new(0)));
        assert_eq!(router.route(&ShardKey::int(8)), Ok(ShardIndex::new(0)));
    }

    #[test]
    fn a_pin_that_moves_nothing_changes_no_fingerprint() {
        let bare = directory(&[]).fingerprint();
        assert_eq!(directory(&[("42", 0)]).fingerprint(), bare);
        assert_ne!(directory(&[("42", 1)]).fingerprint(), bare);
        assert_ne!(directory(&[("43", 1)]).fingerprint(), directory(&[("42", 1)]).fingerprint());
    }
}
