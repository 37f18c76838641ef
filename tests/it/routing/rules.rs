//! Rules and keys of every kind, for the properties.

use proptest::{collection::btree_map, prelude::*, sample::Index};
use shardwright::{
    key::{KeyRange, ShardId, ShardIndex, ShardKey},
    routing::{ConsistentHashRouter, Directory, RangeRouter, RegionRouter, Router},
};

pub(super) fn ids<S: AsRef<str>>(names: &[S]) -> Vec<ShardId> {
    names.iter().map(|name| ShardId::new(name.as_ref()).expect("a good name")).collect()
}

pub(super) fn at(place: usize) -> ShardIndex {
    ShardIndex::new(u16::try_from(place).expect("few shards"))
}

/// A ring over the members, which count from 0 in the order given.
pub(super) fn ring<S: AsRef<str>>(members: &[(S, u32)], nodes: u32) -> ConsistentHashRouter {
    let names: Vec<&str> = members.iter().map(|(name, _)| name.as_ref()).collect();
    let weighted: Vec<_> = members.iter().enumerate().map(|(i, (_, w))| (at(i), *w)).collect();
    ConsistentHashRouter::new(&ids(&names), nodes, &weighted).expect("a good ring")
}

/// The name of the shard a router sends a key to.
pub(super) fn name_of<'a>(router: &dyn Router, names: &'a [String], key: &ShardKey<'_>) -> &'a str {
    &names[router.route(key).expect("the rule has a place for the key").get()]
}

/// Cuts turned into ranges without gaps, each with its shard.
pub(super) fn ranges(cuts: &[i64], owners: &[usize]) -> Vec<(KeyRange, ShardIndex)> {
    let starts = std::iter::once(None).chain(cuts.iter().copied().map(Some));
    let ends = cuts.iter().copied().map(Some).chain([None]);
    let owners = owners.iter().map(|owner| at(*owner));
    starts.zip(ends).zip(owners).map(|((start, end), o)| (KeyRange { start, end }, o)).collect()
}

/// Members of a ring with their weights, and its virtual nodes.
pub(super) fn topology() -> impl Strategy<Value = (Vec<(String, u32)>, u32)> {
    (btree_map("[A-Za-z0-9_.-]{1,12}", 1_u32..5, 1..7), 1_u32..60)
        .prop_map(|(members, nodes)| (members.into_iter().collect::<Vec<_>>(), nodes))
        .prop_flat_map(|(members, nodes)| (Just(members).prop_shuffle(), Just(nodes)))
}

/// Text keys: any Unicode, empty, long, and numbers written out in every way.
pub(super) fn text_key() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => any::<String>(),
        2 => "[a-z]{1,8}-[0-9]{1,4}",
        1 => any::<i64>().prop_map(|id| id.to_string()),
        1 => "[a-zé日]{500,3000}",
        1 => prop::sample::select(vec!["", "7", "007", "+7", "-0", "-7"]).prop_map(str::to_owned),
    ]
}

/// Integer keys: anywhere, near zero, and at the ends of the type.
pub(super) fn int_key() -> impl Strategy<Value = i64> {
    prop_oneof![any::<i64>(), -100_000_i64..100_000, Just(i64::MIN), Just(i64::MAX)]
}

/// A range rule over three shards: its ranges and the keys at its boundaries.
pub(super) fn range_rule() -> impl Strategy<Value = Vec<(KeyRange, ShardIndex)>> {
    btree_map(int_key().prop_filter("an end no key is below", |c| *c > i64::MIN), 0..3_usize, 0..8)
        .prop_flat_map(|cuts| (Just(cuts), 0..3_usize))
        .prop_map(|(cuts, first)| {
            let owners: Vec<_> = std::iter::once(first).chain(cuts.values().copied()).collect();
            ranges(&cuts.into_keys().collect::<Vec<_>>(), &owners)
        })
}

pub(super) const THREE: [&str; 3] = ["a", "b", "c"];

/// A range router, with gaps where `keep` says no.
pub(super) fn range_router() -> impl Strategy<Value = RangeRouter> {
    (range_rule(), any::<[bool; 8]>()).prop_map(|(mut ranges, keep)| {
        let mut kept = keep.iter().copied().cycle();
        let spare = ranges[0];
        ranges.retain(|_| kept.next().unwrap_or(true));
        if ranges.is_empty() {
            ranges.push(spare);
        }
        RangeRouter::new(&ids(&THREE), ranges, true).expect("disjoint ranges")
    })
}

/// A region router over some of `eu`, `us`, `asia` and `日本`, with a default or without.
pub(super) fn region_router() -> impl Strategy<Value = RegionRouter> {
    let listed = btree_map(prop::sample::select(REGIONS.to_vec()), 0..3_usize, 1..5);
    (listed, prop::option::of(0..3_usize)).prop_map(|(listed, default)| {
        let listed = listed.into_iter().map(|(region, shard)| (region.to_owned(), at(shard)));
        RegionRouter::new(&ids(&THREE), listed.collect(), default.map(at)).expect("a good rule")
    })
}

pub(super) const REGIONS: [&str; 4] = ["eu", "us", "asia", "日本"];

/// Any rule over [`THREE`], pinned or not, with the keys that are pinned.
pub(super) fn any_rule() -> impl Strategy<Value = (Box<dyn Router>, Vec<String>)> {
    let weights = prop::collection::vec(1_u32..4, 3);
    let ring = (weights, 1_u32..30).prop_map(|(weights, nodes)| {
        ring(&THREE.into_iter().zip(weights).collect::<Vec<_>>(), nodes)
    });
    let pins = || {
        btree_map(
            prop_oneof![text_key(), int_key().prop_map(|i| i.to_string())],
            any::<Index>(),
            0..5,
        )
    };
    prop_oneof![
        (ring, pins()).prop_map(|(rule, pins)| pinned(rule, pins)),
        (range_router(), pins()).prop_map(|(rule, pins)| pinned(rule, pins)),
        (region_router(), pins()).prop_map(|(rule, pins)| pinned(rule, pins)),
    ]
}

fn pinned(
    rule: impl Router,
    pins: std::collections::BTreeMap<String, Index>,
) -> (Box<dyn Router>, Vec<String>) {
    let keys: Vec<String> = pins.keys().cloned().collect();
    if pins.is_empty() {
        return (Box::new(rule), keys);
    }
    let pins = pins.into_iter().map(|(key, shard)| (key, at(shard.index(3))));
    (Box::new(Directory::new(rule, &ids(&THREE), pins)), keys)
}
