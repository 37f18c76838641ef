//! A fingerprint differs when, and only when, some key is placed elsewhere.

use std::collections::BTreeMap;

use proptest::prelude::*;
use shardwright::{
    key::{KeyRange, ShardKey},
    routing::{Directory, RangeRouter, RegionRouter, Router},
};

use super::rules::{REGIONS, THREE, at, ids, ranges, ring, topology};
use crate::cases::cases;

/// Where a router sends a key, by name; `None` for nowhere.
fn home(router: &dyn Router, names: &[&str], key: &ShardKey<'_>) -> Option<String> {
    router.route(key).ok().map(|shard| names[shard.get()].to_owned())
}

/// A range rule so small that two of them often place every key alike.
fn small_range() -> impl Strategy<Value = RangeRouter> {
    let cuts = prop::collection::btree_map(-3_i64..3, 0..2_usize, 0..4);
    (cuts, 0..2_usize, any::<[bool; 5]>()).prop_map(|(cuts, first, keep)| {
        let owners: Vec<_> = std::iter::once(first).chain(cuts.values().copied()).collect();
        let mut listed = ranges(&cuts.into_keys().collect::<Vec<_>>(), &owners);
        let mut keep = keep.into_iter();
        listed.retain(|_| keep.next().unwrap_or(true));
        if listed.is_empty() {
            listed.push((KeyRange { start: Some(0), end: Some(1) }, at(0)));
        }
        RangeRouter::new(&ids(&THREE), listed, true).expect("disjoint ranges")
    })
}

fn small_region() -> impl Strategy<Value = RegionRouter> {
    let listed =
        prop::collection::btree_map(prop::sample::select(vec!["eu", "us"]), 0..2_usize, 1..3);
    (listed, prop::option::of(0..2_usize)).prop_map(|(listed, default)| {
        let listed = listed.into_iter().map(|(region, shard)| (region.to_owned(), at(shard)));
        RegionRouter::new(&ids(&THREE), listed.collect(), default.map(at)).expect("a good rule")
    })
}

fn pins() -> impl Strategy<Value = BTreeMap<String, usize>> {
    let key = prop::sample::select(vec!["1", "2", "007", "+7", "x", ""]).prop_map(str::to_owned);
    prop::collection::btree_map(key, 0..2_usize, 0..3)
}

fn pinned<R: Router>(rule: R, pins: &BTreeMap<String, usize>) -> Directory<R> {
    Directory::new(rule, &ids(&THREE), pins.iter().map(|(key, shard)| (key.clone(), at(*shard))))
}

proptest! {
    #![proptest_config(cases(512))]

    #[test]
    fn of_ranges_it_follows_the_placement(a in small_range(), b in small_range()) {
        let ends = [i64::MIN, i64::MAX];
        let same = ends.into_iter().chain(-5..5).all(|id| {
            a.route(&ShardKey::int(id)).ok() == b.route(&ShardKey::int(id)).ok()
        });
        prop_assert_eq!(a.fingerprint() == b.fingerprint(), same);
    }

    #[test]
    fn of_regions_it_follows_the_placement(a in small_region(), b in small_region()) {
        let key = |region| ShardKey::int(0).in_region(region);
        let same = REGIONS.iter().all(|region| a.route(&key(region)).ok() == b.route(&key(region)).ok());
        prop_assert_eq!(a.fingerprint() == b.fingerprint(), same);
    }

    /// Over a ring, which places numbers and texts alike, so that a pin of
    /// either kind counts exactly if it leads away from the ring.
    #[test]
    fn of_pins_over_rings_it_follows_the_placement(a in pins(), b in pins(), nodes in 1_u32..9) {
        let rule = ring(&[("a", 1), ("b", 1)], nodes);
        let (one, two) = (pinned(rule.clone(), &a), pinned(rule, &b));
        let texts = ["1", "2", "7", "007", "+7", "x", ""].map(ShardKey::text);
        let numbers = [1, 2, 7].map(ShardKey::int);
        let same = texts.iter().chain(&numbers).all(|key| one.route(key) == two.route(key));
        prop_assert_eq!(one.fingerprint() == two.fingerprint(), same, "{:?} and {:?}", a, b);
    }

    /// A pin can give a place to a key that its rule has none for, and ranges with
    /// pins can be the same as others without. A number and its text are one key.
    #[test]
    fn of_pins_over_ranges_it_follows_the_placement(
        (a, b) in (pins(), pins()),
        (rule, other) in (small_range(), small_range()),
        alike: bool,
    ) {
        let (one, two) = (pinned(rule.clone(), &a), pinned(if alike { rule } else { other }, &b));
        let texts = ["007", "+7", "x", ""].map(ShardKey::text);
        let numbers = [i64::MIN, i64::MAX].into_iter().chain(-5..9).map(ShardKey::int);
        let same =
            texts.into_iter().chain(numbers).all(|key| one.route(&key).ok() == two.route(&key).ok());
        prop_assert_eq!(one.fingerprint() == two.fingerprint(), same, "{:?} and {:?}", a, b);
    }

    /// A pin takes its key in whatever region, and without one.
    #[test]
    fn of_pins_over_regions_it_follows_the_placement(
        (a, b) in (pins(), pins()),
        (rule, other) in (small_region(), small_region()),
        alike: bool,
    ) {
        let (one, two) = (pinned(rule.clone(), &a), pinned(if alike { rule } else { other }, &b));
        let ids = ["1", "2", "007", "+7", "x", "", "unpinned"].map(ShardKey::text);
        let ids = ids.into_iter().chain([1, 2, 7].map(ShardKey::int));
        let keys = ids.flat_map(|id| REGIONS.into_iter().map(move |r| id.in_region(r)).chain([id]));
        let same = keys.clone().all(|key| one.route(&key).ok() == two.route(&key).ok());
        prop_assert_eq!(one.fingerprint() == two.fingerprint(), same, "{:?} and {:?}", a, b);
    }

    /// Pins in any order, over shards in any order.
    #[test]
    fn the_order_of_pins_and_shards_changes_none(pins in pins(), owner in 0..2_usize) {
        let of = |names: [&str; 2], place: &dyn Fn(usize) -> usize, backwards: bool| {
            let rule = ranges(&[1], &[place(owner), place(1 - owner)]);
            let rule = RangeRouter::new(&ids(&names), rule, false).expect("a good rule");
            let mut listed: Vec<_> =
                pins.iter().map(|(key, shard)| (key.clone(), at(place(*shard)))).collect();
            if backwards {
                listed.reverse();
            }
            Directory::new(rule, &ids(&names), listed).fingerprint()
        };
        let one = of(["a", "b"], &|shard| shard, false);
        prop_assert_eq!(one, of(["a", "b"], &|shard| shard, true));
        prop_assert_eq!(one, of(["b", "a"], &|shard| 1 - shard, false));
    }
}

proptest! {
    #![proptest_config(cases(32))]

    /// Two rings that place some key differently never share a fingerprint.
    #[test]
    fn of_rings_it_sees_every_move(
        (members, nodes) in topology(),
        (others, other_nodes) in topology(),
        change in 0..4_usize,
    ) {
        let (mut new, mut new_nodes) = (members.clone(), nodes);
        match change {
            0 => new[0].1 += 1,
            1 => new_nodes += 1,
            2 => new[0].0 = format!("{}-renamed", new[0].0),
            _ => (new, new_nodes) = (others, other_nodes),
        }
        let (a, b) = (ring(&members, nodes), ring(&new, new_nodes));
        let (old_names, new_names): (Vec<&str>, Vec<&str>) = (
            members.iter().map(|(name, _)| name.as_str()).collect(),
            new.iter().map(|(name, _)| name.as_str()).collect(),
        );
        let keys: Vec<String> = (0..500).map(|i| format!("tenant-{i}")).collect();
        let moved = keys.iter().map(|key| ShardKey::text(key)).any(|key| {
            home(&a, &old_names, &key) != home(&b, &new_names, &key)
        });
        prop_assert!(!moved || a.fingerprint() != b.fingerprint());
    }

    /// Names make a placement, not the places of shards in a list.
    #[test]
    fn the_order_of_shards_changes_none((members, nodes) in topology(), listed in topology()) {
        let mut sorted = members.clone();
        sorted.sort();
        prop_assert_eq!(ring(&members, nodes).fingerprint(), ring(&sorted, nodes).fingerprint());

        let names: Vec<String> = listed.0.into_iter().map(|(name, _)| name).collect();
        let reversed: Vec<String> = names.iter().rev().cloned().collect();
        let last = names.len() - 1;
        let cut = |names: &[String], low: usize, high: usize| {
            let rule = ranges(&[50_000], &[low, high]);
            RangeRouter::new(&ids(names), rule, false).expect("a good rule").fingerprint()
        };
        prop_assert_eq!(cut(&names, 0, last), cut(&reversed, last, 0));
        let regions = |names: &[String], eu: usize, us: usize| {
            let listed = vec![("us".to_owned(), at(us)), ("eu".to_owned(), at(eu))];
            RegionRouter::new(&ids(names), listed, Some(at(us))).expect("a good rule").fingerprint()
        };
        prop_assert_eq!(regions(&names, 0, last), regions(&reversed, last, 0));
    }
}

/// Rings of the same few shards are the likeliest to be taken for one another.
#[test]
fn rings_of_two_shards_are_told_apart() {
    let keys: Vec<String> = (0..400).map(|i| format!("tenant-{i}")).collect();
    let rings: Vec<_> = (1..30).map(|nodes| ring(&[("a", 1), ("b", 1)], nodes)).collect();
    let homes = |ring: &dyn Router| -> Vec<_> {
        keys.iter().map(|key| ring.route(&ShardKey::text(key)).ok()).collect()
    };
    let placed: Vec<_> = rings.iter().map(|ring| (homes(ring), ring.fingerprint())).collect();
    for (i, (homes, fingerprint)) in placed.iter().enumerate() {
        for (others, other) in &placed[..i] {
            assert!(homes == others || fingerprint != other, "{} points", i + 1);
        }
    }
}

#[test]
fn strategies_never_share_a_fingerprint() {
    let shards = ids(&["a"]);
    let all = vec![(KeyRange { start: None, end: None }, at(0))];
    let range = RangeRouter::new(&shards, all, false).expect("a good rule").fingerprint();
    let region = RegionRouter::new(&shards, vec![("eu".to_owned(), at(0))], None);
    let region = region.expect("a good rule").fingerprint();
    let ring = ring(&[("a", 1)], 1).fingerprint();
    assert!(range != region && region != ring && ring != range);
}
