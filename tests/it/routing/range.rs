//! Ranges against a scan of the ranges as they were written.

use proptest::prelude::*;
use shardwright::{
    key::{KeyRange, ShardIndex, ShardKey},
    routing::{RangeRouter, RouteError, Router, RuleError},
};

use super::rules::{THREE, at, ids, int_key, range_rule};
use crate::cases::cases;

/// The owner by the definition of half-open, over every range in turn.
fn scan(ranges: &[(KeyRange, ShardIndex)], key: i64) -> Option<ShardIndex> {
    let above = |r: &KeyRange| match r.start {
        Some(start) => start <= key,
        None => true,
    };
    let below = |r: &KeyRange| match r.end {
        Some(end) => key < end,
        None => true,
    };
    ranges.iter().find(|(range, _)| above(range) && below(range)).map(|(_, shard)| *shard)
}

/// At and around every boundary, and at the ends of the type.
fn boundary_keys(ranges: &[(KeyRange, ShardIndex)]) -> Vec<i64> {
    let bounds = ranges.iter().flat_map(|(range, _)| [range.start, range.end]).flatten();
    let around = |b: i64| [b.saturating_sub(1), b, b.saturating_add(1)];
    let ends = [i64::MIN, i64::MIN + 1, -1, 0, 1, i64::MAX - 1, i64::MAX];
    bounds.flat_map(around).chain(ends).collect()
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn lookup_agrees_with_a_scan(
        ranges in range_rule().prop_flat_map(|ranges| Just(ranges).prop_shuffle()),
        keep in prop::collection::vec(any::<bool>(), 9),
        keys in prop::collection::vec(int_key(), 8),
        gaps: bool,
    ) {
        let mut kept = keep.into_iter();
        let mut listed = ranges.clone();
        listed.retain(|_| !gaps || kept.next().unwrap_or(true));
        prop_assume!(!listed.is_empty());
        let router = RangeRouter::new(&ids(&THREE), listed.clone(), gaps).expect("disjoint");
        for key in boundary_keys(&ranges).into_iter().chain(keys) {
            let expected = scan(&listed, key).ok_or(RouteError::Unmapped { key: key.to_string() });
            prop_assert_eq!(router.route(&ShardKey::int(key)), expected, "key {}", key);
        }
    }

    /// Any set of ranges is either refused, rightly, or places each key once.
    #[test]
    fn a_rule_is_refused_exactly_if_it_contradicts_itself(
        ranges in prop::collection::vec(
            (prop::option::of(-6_i64..6), prop::option::of(-6_i64..6), 0..3_usize)
                .prop_map(|(start, end, shard)| (KeyRange { start, end }, at(shard))),
            1..5,
        ),
    ) {
        let keys = [i64::MIN, i64::MAX].into_iter().chain(-8..8);
        let owners = |key| ranges.iter().filter(|range| scan(&[**range], key).is_some()).count();
        let counts: Vec<usize> = keys.map(owners).collect();
        let empty = ranges.iter().any(|(r, _)| matches!(*r, KeyRange { start: Some(s), end: Some(e) } if s >= e));
        let twice = counts.iter().any(|owners| *owners > 1);
        let none = counts.contains(&0);
        match RangeRouter::new(&ids(&THREE), ranges.clone(), false) {
            Ok(_) => prop_assert!(!(empty || twice || none)),
            Err(RuleError::EmptyRange { .. }) => prop_assert!(empty),
            Err(RuleError::Overlap { first, second, .. }) => {
                prop_assert!(twice);
                prop_assert!(first.overlaps(&second), "{first} and {second} do not overlap");
            }
            Err(RuleError::Gap { missing, .. }) => {
                prop_assert!(none);
                let first = missing.start.unwrap_or(i64::MIN);
                prop_assert_eq!(scan(&ranges, first), None, "{} is held", first);
            }
            Err(other) => prop_assert!(false, "{other}"),
        }
    }
}

#[test]
fn the_two_sides_of_fifty_thousand_part_ways() {
    let ranges = super::rules::ranges(&[50_000], &[0, 1]);
    let router = RangeRouter::new(&ids(&THREE), ranges, false).expect("a good rule");
    let cases =
        [(i64::MIN, 0), (-1, 0), (0, 0), (49_999, 0), (50_000, 1), (50_001, 1), (i64::MAX, 1)];
    for (key, shard) in cases {
        assert_eq!(router.route(&ShardKey::int(key)), Ok(at(shard)), "{key}");
    }
}

#[test]
fn no_exclusive_end_holds_the_largest_key() {
    let to_max = KeyRange { start: None, end: Some(i64::MAX) };
    let refusal = RangeRouter::new(&ids(&THREE), vec![(to_max, at(0))], false);
    assert!(matches!(refusal, Err(RuleError::Gap { .. })), "{refusal:?}");
    let router = RangeRouter::new(&ids(&THREE), vec![(to_max, at(0))], true).expect("gaps allowed");
    assert_eq!(router.route(&ShardKey::int(i64::MAX - 1)), Ok(at(0)));
    assert!(router.route(&ShardKey::int(i64::MAX)).is_err());
}

#[test]
fn text_is_no_key_of_a_range() {
    let ranges = super::rules::ranges(&[], &[2]);
    let router = RangeRouter::new(&ids(&THREE), ranges, false).expect("a good rule");
    let error = router.route(&ShardKey::text("7")).expect_err("text").to_string();
    assert_eq!(error, "strategy range needs a whole number as key, and `7` is none");
}
