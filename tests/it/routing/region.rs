//! Regions and pins: the look-ups whose answers can be said in a line.

use proptest::prelude::*;
use shardwright::{
    key::ShardKey,
    routing::{Directory, RegionRouter, RouteError, Router},
};

use super::rules::{REGIONS, THREE, at, ids, int_key, ring, text_key};
use crate::cases::cases;

proptest! {
    #![proptest_config(cases(128))]

    #[test]
    fn a_region_decides_alone(
        listed in prop::collection::btree_map(prop::sample::select(REGIONS.to_vec()), 0..3_usize, 1..5),
        default in prop::option::of(0..3_usize),
        id in int_key(),
        text in text_key(),
        region in prop_oneof![prop::sample::select(REGIONS.to_vec()).prop_map(str::to_owned), any::<String>()],
    ) {
        let rule = listed.iter().map(|(region, shard)| ((*region).to_owned(), at(*shard))).collect();
        let router = RegionRouter::new(&ids(&THREE), rule, default.map(at)).expect("a good rule");
        let home = listed.get(region.as_str()).copied().or(default).map(at);
        for key in [ShardKey::int(id), ShardKey::text(&text)] {
            prop_assert_eq!(router.route(&key), Err(RouteError::RegionRequired));
            match (router.route(&key.in_region(&region)), home) {
                (Ok(shard), Some(home)) => prop_assert_eq!(shard, home),
                (Err(RouteError::UnknownRegion { region: named, .. }), None) => {
                    prop_assert_eq!(&named, &region);
                }
                (other, _) => prop_assert!(false, "{other:?} for {region:?}"),
            }
        }
    }

    /// A pin has its way for its key, as number or text and in any region; every
    /// other key goes where the rule says.
    #[test]
    fn a_pin_moves_its_own_key_alone(
        pins in prop::collection::btree_map(prop_oneof![text_key(), int_key().prop_map(|i| i.to_string())], 0..3_usize, 1..6),
        ids_asked in prop::collection::vec(int_key(), 4),
        texts in prop::collection::vec(text_key(), 4),
    ) {
        let rule = ring(&THREE.map(|name| (name, 1)), 20);
        let listed = pins.iter().map(|(key, shard)| (key.clone(), at(*shard)));
        let router = Directory::new(rule.clone(), &ids(&THREE), listed);
        let numbers = ids_asked.into_iter().chain(pins.keys().filter_map(|key| key.parse().ok()));
        for id in numbers {
            let expected = pins.get(&id.to_string()).map(|shard| Ok(at(*shard)));
            let key = ShardKey::int(id);
            prop_assert_eq!(router.route(&key), expected.unwrap_or_else(|| rule.route(&key)));
        }
        for text in texts.iter().chain(pins.keys()) {
            let expected = pins.get(text).map(|shard| Ok(at(*shard)));
            let key = ShardKey::text(text);
            let expected = expected.unwrap_or_else(|| rule.route(&key));
            prop_assert_eq!(&router.route(&key), &expected);
            prop_assert_eq!(router.route(&key.in_region("eu")), expected);
        }
    }
}
