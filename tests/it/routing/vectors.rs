//! Placements that must come out exactly: rows in use elsewhere, and whatever
//! else the rule defines.

use proptest::{collection::vec, prelude::*};
use shardwright::key::ShardKey;

use super::{
    reference::Reference,
    rules::{int_key, name_of, ring, text_key, topology},
};
use crate::cases::cases;

const ROWS: &str = include_str!("../../vectors/ring.csv");

struct Row {
    members: Vec<(String, u32)>,
    nodes: u32,
    key: String,
    owner: String,
}

/// `shards,virtual_nodes,key,owner`, the shards parted by `|`.
fn rows() -> Vec<Row> {
    let row = |line: &str| {
        let (shards, rest) = line.split_once(',')?;
        let (nodes, rest) = rest.split_once(',')?;
        let (key, owner) = rest.rsplit_once(',')?;
        let members = shards.split('|').map(|name| (name.to_owned(), 1)).collect();
        let (key, owner) = (key.to_owned(), owner.to_owned());
        Some(Row { members, nodes: nodes.parse().ok()?, key, owner })
    };
    ROWS.lines().skip(1).map(|line| row(line).expect(line)).collect()
}

#[test]
fn every_row_comes_out_exactly() {
    let rows = rows();
    assert_eq!(rows.len(), 1008, "the file is whole");
    for topology in rows.chunk_by(|a, b| (&a.members, a.nodes) == (&b.members, b.nodes)) {
        let Row { members, nodes, .. } = &topology[0];
        let router = ring(members, *nodes);
        let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
        for Row { key, owner, .. } in topology {
            assert_eq!(name_of(&router, &names, &ShardKey::text(key)), owner, "{key:?}");
            if let Ok(id) = key.parse::<i64>() {
                assert_eq!(name_of(&router, &names, &ShardKey::int(id)), owner, "{id} as a number");
            }
        }
    }
}

#[test]
fn the_reference_knows_the_rows_too() {
    for Row { members, nodes, key, owner } in rows().iter().step_by(7) {
        assert_eq!(Reference::new(members, *nodes).owner(key), owner, "{key:?}");
    }
}

proptest! {
    #![proptest_config(cases(48))]

    #[test]
    fn any_other_ring_agrees_with_the_reference(
        (members, nodes) in topology(),
        texts in vec(text_key(), 12),
        numbers in vec(int_key(), 6),
    ) {
        let (router, reference) = (ring(&members, nodes), Reference::new(&members, nodes));
        let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
        for key in &texts {
            prop_assert_eq!(name_of(&router, &names, &ShardKey::text(key)), reference.owner(key));
        }
        for id in numbers {
            let owner = reference.owner(&id.to_string());
            prop_assert_eq!(name_of(&router, &names, &ShardKey::int(id)), owner, "{}", id);
        }
    }

    /// A key that *is* a point (its text is `<shard>:<i>`) hashes onto it, and
    /// so belongs to the next one: strictly greater, also past the last point.
    #[test]
    fn a_key_on_a_point_belongs_to_the_next_one((members, nodes) in topology()) {
        let (router, reference) = (ring(&members, nodes), Reference::new(&members, nodes));
        let names: Vec<String> = members.iter().map(|(name, _)| name.clone()).collect();
        for (name, weight) in &members {
            for i in 0..(nodes * weight).min(40) {
                let key = format!("{name}:{i}");
                prop_assert_eq!(
                    name_of(&router, &names, &ShardKey::text(&key)), reference.owner(&key)
                );
            }
        }
    }
}
