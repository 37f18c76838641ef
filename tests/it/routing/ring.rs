//! What makes a ring a ring: few keys move when it changes.

use proptest::prelude::*;
use shardwright::{
    key::{ShardId, ShardKey},
    routing::{ConsistentHashRouter, Router, RuleError},
};

use super::rules::{at, ids, name_of, ring, text_key, topology};
use crate::cases::cases;

/// Where a fixed set of keys lives, by shard name.
fn homes(members: &[(String, u32)], nodes: u32, keys: usize) -> Vec<String> {
    let router = ring(members, nodes);
    let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
    (0..keys)
        .map(|i| name_of(&router, &names, &ShardKey::text(&format!("tenant-{i}"))).to_owned())
        .collect()
}

proptest! {
    #![proptest_config(cases(24))]

    #[test]
    fn a_new_shard_takes_keys_for_itself_alone((members, nodes) in topology(), weight in 1_u32..4) {
        let before = homes(&members, nodes, 300);
        let mut wider = members.clone();
        wider.insert(members.len() / 2, ("the-new-one".to_owned(), weight));
        for (old, new) in before.iter().zip(homes(&wider, nodes, 300)) {
            prop_assert!(*old == new || new == "the-new-one", "{old} gave a key to {new}");
        }
    }

    #[test]
    fn a_removed_shard_moves_its_own_keys_alone((members, nodes) in topology(), gone: prop::sample::Index) {
        prop_assume!(members.len() > 1);
        let gone = gone.index(members.len());
        let mut fewer = members.clone();
        let (removed, _) = fewer.remove(gone);
        let before = homes(&members, nodes, 300);
        for (old, new) in before.iter().zip(homes(&fewer, nodes, 300)) {
            prop_assert!(*old == new || *old == removed, "{old} lost a key to {new}");
        }
    }

    /// The rival it names is where the key would go if its shard were gone.
    #[test]
    fn the_rival_is_the_heir((members, nodes) in topology(), keys in prop::collection::vec(text_key(), 8)) {
        prop_assume!(members.len() > 1);
        let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
        let router = ring(&members, nodes);
        for key in keys.iter().map(|key| ShardKey::text(key)) {
            let owner = name_of(&router, &names, &key);
            let fewer: Vec<_> =
                members.iter().filter(|(name, _)| name != owner).cloned().collect();
            let fewer_names: Vec<String> = fewer.iter().map(|(name, _)| name.clone()).collect();
            let heir = ring(&fewer, nodes);
            let heir = (name_of(&heir, &fewer_names, &key), heir.explain(&key).expect("a ring").why);
            let why = router.explain(&key).expect("a ring").why;
            prop_assert!(why.contains(&format!("; the next point on the ring is {owner}:")), "{why}");
            let words = format!("; without {owner} it would be {}:", heir.0);
            prop_assert!(why.contains(&words), "{words} in {why}");
            // With its point, which is the ring's without that shard.
            let rival = why.rsplit_once(" it would be ").expect("it names one").1;
            prop_assert!(heir.1.contains(&format!("; the next point on the ring is {rival}")), "{} and {why}", heir.1);
        }
    }

    #[test]
    fn the_order_of_the_shards_plays_no_part((members, nodes) in topology()) {
        let mut sorted = members.clone();
        sorted.sort();
        prop_assert_eq!(homes(&members, nodes, 100), homes(&sorted, nodes, 100));
    }
}

/// With 150 points each, a shard's share is 1/N give or take: its standard
/// deviation is about 1/√150 of it, 8 %. The bound is four of those, and the
/// keys are fixed, so this can't fail by chance.
#[test]
fn a_new_shard_takes_about_one_nth() {
    const KEYS: usize = 20_000;
    for n in 1..10_usize {
        let members = |n| (0..n).map(|i| (format!("shard-{i}"), 1)).collect::<Vec<_>>();
        let (before, after) = (homes(&members(n), 150, KEYS), homes(&members(n + 1), 150, KEYS));
        let moved = before.iter().zip(&after).filter(|(old, new)| old != new).count();
        let share = moved as f64 / KEYS as f64 * (n + 1) as f64;
        assert!((0.68..1.32).contains(&share), "{n} shards and one more: {share:.3} of its share");
    }
}

#[test]
fn a_weight_multiplies_a_shards_share() {
    let members = [("light".to_owned(), 1), ("heavy".to_owned(), 3)];
    let heavy = homes(&members, 150, 20_000).iter().filter(|home| *home == "heavy").count();
    assert!((0.69..0.81).contains(&(heavy as f64 / 20_000.0)), "{heavy} of 20000, not about 3/4");
}

#[test]
fn a_ring_of_one_takes_every_key() {
    let router = ring(&[("only", 1)], 1);
    for key in ["", "x", "only:0", "日本"] {
        assert_eq!(router.route(&ShardKey::text(key)), Ok(at(0)));
    }
}

#[test]
fn rings_that_cannot_be_are_refused() {
    let shards: Vec<ShardId> = ids(&["a", "b"]);
    let refusal = |nodes, members: &[_]| ConsistentHashRouter::new(&shards, nodes, members).err();
    assert_eq!(refusal(150, &[]), Some(RuleError::NoShard));
    assert_eq!(refusal(0, &[(at(0), 1)]), Some(RuleError::NoShard));
    assert_eq!(
        refusal(150, &[(at(1), 1), (at(0), 1), (at(1), 2)]),
        Some(RuleError::ShardTwice("b".to_owned()))
    );
    assert!(matches!(
        refusal(100_000, &[(at(0), 1_000)]),
        Some(RuleError::RingTooLarge { points: 100_000_000 })
    ));
}

/// More points than 64 bits count are too many like any others.
#[test]
fn a_ring_past_counting_is_refused_too() {
    let most = [(at(0), u32::MAX), (at(1), u32::MAX)];
    let refusal = ConsistentHashRouter::new(&ids(&["a", "b"]), u32::MAX, &most).err();
    assert!(matches!(refusal, Some(RuleError::RingTooLarge { .. })), "{refusal:?}");
}
