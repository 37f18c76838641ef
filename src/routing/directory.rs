use std::{collections::HashMap, sync::Arc};

use super::{Explanation, Fingerprint, Pin, RouteError, Router, Shape, pin::number};
use crate::key::{KeyId, ShardId, ShardIndex, ShardKey};

/// Keys pinned to a shard in front of any rule: for the tenant that has a
/// database of its own.
///
/// A pin looks at the id alone, whatever region the key carries. Both a number
/// and its decimal text find the same pin.
///
/// Hundreds of thousands of pins are fine: a lookup is one probe of a table and
/// allocates nothing, and a key's text is shared with whoever handed it over.
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
pub struct Directory<R> {
    rule: R,
    /// The pins that are numbers, found by an integer key without writing it
    /// out and by a text without keeping it.
    numbers: HashMap<i64, ShardIndex>,
    /// All others.
    texts: HashMap<Arc<str>, ShardIndex>,
    shards: Vec<ShardIndex>,
    /// The cluster's names, for explaining.
    names: Vec<ShardId>,
    fingerprint: Fingerprint,
}

impl<R: Router> Directory<R> {
    /// Puts pins in front of a rule; of two pins of one key the last counts.
    pub fn new<K: Into<Arc<str>>>(
        rule: R,
        shards: &[ShardId],
        pins: impl IntoIterator<Item = (K, ShardIndex)>,
    ) -> Self {
        let pins = sorted(pins.into_iter().map(|(key, shard)| Pin { key: key.into(), shard }));
        let mut used = rule.shards().to_vec();
        used.extend(pins.iter().map(|pin| pin.shard));
        used.sort_unstable();
        used.dedup();
        let fingerprint = rule.fingerprint_under(&pins, shards);
        let many = pins.iter().filter(|pin| pin.number().is_some()).count();
        let mut numbers = HashMap::with_capacity(many);
        let mut texts = HashMap::with_capacity(pins.len() - many);
        for pin in pins {
            match pin.number() {
                Some(id) => numbers.insert(id, pin.shard),
                None => texts.insert(pin.key, pin.shard),
            };
        }
        Self { rule, numbers, texts, shards: used, names: shards.to_vec(), fingerprint }
    }

    fn pin(&self, key: &ShardKey<'_>) -> Option<ShardIndex> {
        let number = match key.id() {
            KeyId::Int(id) => Some(id),
            KeyId::Text(text) => match number(text) {
                Some(id) => Some(id),
                None => return self.texts.get(text).copied(),
            },
        };
        number.and_then(|id| self.numbers.get(&id).copied())
    }
}

/// By key, each once: the last of its pins.
fn sorted(pins: impl Iterator<Item = Pin>) -> Vec<Pin> {
    let mut pins: Vec<Pin> = pins.collect();
    pins.reverse();
    pins.sort_by(|a, b| a.key.cmp(&b.key));
    pins.dedup_by(|later, first| later.key == first.key);
    pins
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
        let strategy = self.rule.strategy();
        let why = match self.rule.route(key) {
            Ok(home) if home == shard => {
                format!("pinned here, where its {strategy} rule has it too")
            }
            Ok(home) => {
                let home = &self.names[home.get()];
                format!("pinned here; its {strategy} rule would have it on {home}")
            }
            Err(_) => format!("pinned here; its {strategy} rule has no place for it"),
        };
        Ok(Explanation { shard, strategy: "directory", why })
    }

    fn shape(&self) -> Shape<'_> {
        self.rule.shape()
    }
}

impl<R: std::fmt::Debug> std::fmt::Debug for Directory<R> {
    /// Without the pins, of which there may be very many.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Directory")
            .field("rule", &self.rule)
            .field("pins", &(self.numbers.len() + self.texts.len()))
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{key::KeyRange, routing::RangeRouter};

    /// Over a rule that has every number on `a`, up to 99.
    fn directory(pins: &[(&str, u16)]) -> Directory<RangeRouter> {
        let shards = ["a", "b"].map(|name| ShardId::new(name).expect("a good name"));
        let low = KeyRange { start: None, end: Some(100) };
        let rule = RangeRouter::new(&shards, vec![(low, ShardIndex::new(0))], true);
        let pins = pins.iter().map(|(key, s)| ((*key).to_owned(), ShardIndex::new(*s)));
        Directory::new(rule.expect("a good rule"), &shards, pins)
    }

    #[test]
    fn a_pin_wins_over_the_rule_and_says_so() {
        let router = directory(&[("42", 1), ("7", 0), ("100", 1)]);
        for (key, shard, why) in [
            (42, 1, "pinned here; its range rule would have it on a"),
            (7, 0, "pinned here, where its range rule has it too"),
            (100, 1, "pinned here; its range rule has no place for it"),
        ] {
            let (shard, why) = (ShardIndex::new(shard), why.to_owned());
            let pinned = router.explain(&ShardKey::int(key));
            assert_eq!(pinned, Ok(Explanation { shard, strategy: "directory", why }));
        }
        assert_eq!(router.route(&ShardKey::int(43)), Ok(ShardIndex::new(0)));
        assert_eq!(router.shards(), [ShardIndex::new(0), ShardIndex::new(1)]);
    }

    #[test]
    fn a_number_and_its_text_find_one_pin_and_other_spellings_do_not() {
        let router = directory(&[("42", 1), ("007", 1), ("+8", 1)]);
        assert_eq!(router.route(&ShardKey::text("42")), Ok(ShardIndex::new(1)));
        assert_eq!(router.route(&ShardKey::text("007")), Ok(ShardIndex::new(1)));
        assert_eq!(router.route(&ShardKey::int(7)), Ok(ShardIndex::new(0)));
        assert_eq!(router.route(&ShardKey::int(8)), Ok(ShardIndex::new(0)));
    }

    #[test]
    fn of_two_pins_of_a_key_the_last_counts() {
        for (first, last) in [(0, 1), (1, 0)] {
            let router = directory(&[("x", first), ("42", first), ("42", last), ("x", last)]);
            for key in [ShardKey::int(42), ShardKey::text("x")] {
                assert_eq!(router.route(&key), Ok(ShardIndex::new(last)));
            }
        }
    }

    #[test]
    fn a_pin_that_moves_nothing_changes_no_fingerprint() {
        let bare = directory(&[]).fingerprint();
        assert_eq!(directory(&[("42", 0)]).fingerprint(), bare);
        assert_ne!(directory(&[("42", 1)]).fingerprint(), bare);
        assert_ne!(directory(&[("43", 1)]).fingerprint(), directory(&[("42", 1)]).fingerprint());
    }
}
