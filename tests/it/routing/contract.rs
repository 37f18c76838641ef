//! Every router passes the one suite, and the suite can fail.

use std::{
    fmt,
    sync::atomic::{AtomicU16, Ordering::SeqCst},
};

use proptest::prelude::*;
use shardwright::{
    key::{KeyId, ShardIndex, ShardKey},
    routing::{
        Directory, Explanation, Fingerprint, RouteError, Router,
        contract::{Violation, check},
    },
};

use super::rules::{REGIONS, THREE, any_rule, at, ids, int_key, text_key};
use crate::cases::cases;

/// A user's own rule: odd ids on the second shard.
#[derive(Debug, Clone)]
struct Parity([ShardIndex; 2]);

impl Router for Parity {
    fn strategy(&self) -> &'static str {
        "parity"
    }
    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        match key.id() {
            KeyId::Int(id) if id % 2 == 0 => Ok(self.0[0]),
            KeyId::Int(_) => Ok(self.0[1]),
            KeyId::Text(_) => Err(RouteError::wrong_key("parity", "a whole number", key)),
        }
    }
    fn shards(&self) -> &[ShardIndex] {
        &self.0
    }
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::builder("parity").finish()
    }
}

/// Keys every rule must bear: its own kind and the other, plain and in a region.
fn keys<'a>(texts: &'a [String], numbers: &'a [i64]) -> impl Iterator<Item = ShardKey<'a>> {
    let texts = texts.iter().map(|text| ShardKey::text(text));
    let numbers = numbers.iter().map(|id| ShardKey::int(*id));
    let regions = REGIONS.into_iter().chain(["mars", ""]);
    texts
        .chain(numbers)
        .flat_map(move |key| regions.clone().map(move |region| key.in_region(region)).chain([key]))
}

const ENDS: [i64; 7] = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn every_rule_passes(
        (router, pins) in any_rule(),
        texts in prop::collection::vec(text_key(), 6),
        numbers in prop::collection::vec(int_key(), 6),
    ) {
        let texts: Vec<String> = texts.into_iter().chain(pins).collect();
        let written = texts.iter().filter_map(|text| text.parse().ok());
        let around = |id: i64| [id.saturating_sub(1), id, id.saturating_add(1)];
        let numbers: Vec<i64> =
            numbers.into_iter().chain(ENDS).chain(written).flat_map(around).collect();
        prop_assert_eq!(check(router.as_ref(), keys(&texts, &numbers)), Ok(()), "{:?}", router);
        prop_assert!(router.shards().iter().all(|shard| shard.get() < 3));
    }
}

#[test]
fn a_rule_of_ones_own_passes_bare_and_pinned() {
    let own = Parity([at(0), at(2)]);
    let texts = ["".to_owned(), "x".to_owned(), "7".to_owned()];
    assert_eq!(check(&own, keys(&texts, &ENDS)), Ok(()));
    let pinned = Directory::new(own, &ids(&THREE), [("7".to_owned(), at(1))]);
    assert_eq!(check(&pinned, keys(&texts, &ENDS)), Ok(()));
    assert_eq!(pinned.shards(), [at(0), at(1), at(2)]);
}

/// A router that is fine but for what a test breaks.
struct Broken {
    name: &'static str,
    shards: Vec<ShardIndex>,
    route: fn(u16) -> usize,
    explain: fn(u16) -> usize,
    digest: fn(u16) -> u16,
    calls: AtomicU16,
}

impl Broken {
    fn new() -> Self {
        Self {
            name: "broken",
            shards: vec![at(0), at(1)],
            route: |_| 1,
            explain: |_| 1,
            digest: |_| 0,
            calls: AtomicU16::new(0),
        }
    }
    fn call(&self) -> u16 {
        self.calls.fetch_add(1, SeqCst)
    }
}

impl fmt::Debug for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Router for Broken {
    fn strategy(&self) -> &'static str {
        self.name
    }
    fn route(&self, _: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        Ok(at((self.route)(self.call())))
    }
    fn shards(&self) -> &[ShardIndex] {
        &self.shards
    }
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::builder("broken").field(&(self.digest)(self.call()).to_be_bytes()).finish()
    }
    fn explain(&self, _: &ShardKey<'_>) -> Result<Explanation, RouteError> {
        let shard = at((self.explain)(self.call()));
        Ok(Explanation { shard, strategy: self.name, why: "because".to_owned() })
    }
}

#[test]
fn the_suite_trips_over_each_way_of_being_wrong() {
    let verdict = |router: Broken| check(&router, [ShardKey::text("k")]);
    let key = || "k".to_owned();
    assert_eq!(verdict(Broken::new()), Ok(()), "unbroken");
    assert_eq!(verdict(Broken { name: "", ..Broken::new() }), Err(Violation::NoName));
    assert_eq!(verdict(Broken { shards: vec![], ..Broken::new() }), Err(Violation::NoShards));
    for shards in [vec![at(1), at(0)], vec![at(0), at(1), at(1)]] {
        let router = Broken { shards, ..Broken::new() };
        assert_eq!(verdict(router), Err(Violation::ShardsUnsorted));
    }
    assert_eq!(
        verdict(Broken { digest: |call| call, ..Broken::new() }),
        Err(Violation::Fingerprint)
    );
    assert_eq!(
        verdict(Broken { route: |call| usize::from(call % 2), ..Broken::new() }),
        Err(Violation::NotDeterministic(key()))
    );
    assert_eq!(
        verdict(Broken { shards: vec![at(0)], ..Broken::new() }),
        Err(Violation::StrayShard(key()))
    );
    assert_eq!(
        verdict(Broken { explain: |_| 0, ..Broken::new() }),
        Err(Violation::Explanation(key()))
    );
}
