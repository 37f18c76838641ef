//! Routing a key allocates nothing, whatever the rule and however many pins.

use allocation_counter::measure;
use shardwright::{
    key::{KeyRange, ShardKey},
    routing::{Directory, RangeRouter, RegionRouter, Router},
};

use super::rules::{THREE, at, ids, ring};

/// A ring of so many shards, with and without pins.
fn rings(count: usize) -> [Box<dyn Router>; 2] {
    let names: Vec<String> = (0..count).map(|i| format!("shard-{i}")).collect();
    let members: Vec<_> = names.iter().map(|name| (name, 1)).collect();
    let ring = ring(&members, 150);
    [Box::new(ring.clone()), pinned(ring)]
}

/// A hundred pins of numbers, as many of texts.
fn pinned<R: Router>(rule: R) -> Box<dyn Router> {
    let key = |i: usize| if i.is_multiple_of(2) { i.to_string() } else { format!("tenant-{i}") };
    Box::new(Directory::new(rule, &ids(&THREE), (0..200).map(|i| (key(i), at(i % 3)))))
}

/// Every rule, bare and pinned.
fn rules() -> Vec<Box<dyn Router>> {
    let ring = ring(&THREE.map(|name| (name, 1)), 150);
    let all = vec![(KeyRange { start: None, end: None }, at(0))];
    let range = RangeRouter::new(&ids(&THREE), all, false).expect("a good rule");
    let region = RegionRouter::new(&ids(&THREE), vec![("eu".to_owned(), at(1))], None);
    let region = region.expect("a good rule");
    vec![
        Box::new(ring.clone()),
        Box::new(range.clone()),
        Box::new(region.clone()),
        pinned(ring),
        pinned(range),
        pinned(region),
    ]
}

#[test]
fn routing_allocates_nothing() {
    let keys = [
        ShardKey::text("tenant-7"),
        ShardKey::text("42"),
        ShardKey::int(42),
        ShardKey::text("tenant-8"),
        ShardKey::text("007"),
        ShardKey::int(43),
        ShardKey::int(i64::MIN),
    ];
    for router in rules() {
        let mut placed = 0;
        for key in keys.map(|key| key.in_region("eu")) {
            let mut found = false;
            let made = measure(|| found = router.route(&key).is_ok());
            placed += usize::from(found);
            // To say that there is no place for a key takes words.
            assert!(!found || made.count_total == 0, "{key:?} by {router:?}: {made:?}");
        }
        assert!(placed >= 3, "{placed} keys of a kind {router:?} takes");
    }
}

/// Of any size, wherever on it a key falls and however long it is.
#[test]
fn routing_on_a_large_ring_allocates_nothing() {
    let long = "x".repeat(3_000);
    let texts: Vec<String> = (0..2_000).map(|i| format!("tenant-{i}")).chain([long]).collect();
    let texts = texts.iter().map(|text| ShardKey::text(text));
    let keys: Vec<_> = texts.chain((-1_000..1_000).map(ShardKey::int)).collect();
    for router in [16, 1_024].into_iter().flat_map(rings) {
        let mut placed = 0;
        let made = measure(|| placed = keys.iter().filter(|key| router.route(key).is_ok()).count());
        assert_eq!((placed, made.count_total), (keys.len(), 0), "{router:?}: {made:?}");
    }
}

/// Else the other test could not fail.
#[test]
fn allocations_are_seen() {
    assert_eq!(measure(|| drop(std::hint::black_box(Box::new(7)))).count_total, 1);
}
