//! Each kind of change to each other, one after the other on the same rows.

use serde_json::{Value, json};

use super::{
    fill::Size,
    on_both,
    rules::{BY_HASH, BY_RANGE, BY_REGION, BY_SPLIT_RANGE, FIRST, RING, Rules, WEIGHTED},
    stage::{Stage, stats},
};
use crate::{process::Server, support::cluster::TestCluster};

on_both!(4 => every_kind_of_change);

const SIZE: Size = Size { tenants: 1_000, orders_each: 20, users: 5_000 };

const FEWER_POINTS: &str = "strategy = 'consistent_hash'
    virtual_nodes = 40";
const PINNED: &str = "strategy = 'consistent_hash'
    virtual_nodes = 40
    pins = { tenant-1 = 'shard-0', tenant-2 = 'shard-3', tenant-3 = 'shard-3' }";
const PINNED_OTHERWISE: &str = "strategy = 'consistent_hash'
    virtual_nodes = 40
    pins = { tenant-2 = 'shard-3', tenant-3 = 'shard-1' }";

fn every_kind_of_change(cluster: TestCluster) {
    let mut stage = Stage::over(cluster, FIRST, SIZE);
    let server = stage.serve();
    let expected = stats(&server);
    assert_eq!(expected["total_orders"], 10_000, "{expected}");
    drop(server);
    let mut go = |next, what| carried_out(&mut stage, next, &expected, what);
    go(FIRST.users(BY_HASH), "users from range to hash");
    let four = FIRST.users(BY_HASH).shards(4);
    go(four, "orders from three to four shards");
    go(four.users(BY_REGION).orders(WEIGHTED), "users from hash to region; weights");
    go(four.users(BY_RANGE).orders(FEWER_POINTS), "users from region to range; virtual nodes");
    go(four.users(BY_SPLIT_RANGE).orders(PINNED), "a range split; pins added");
    go(four.users(BY_REGION).orders(PINNED_OTHERWISE), "users from range to region; a pin removed");
    go(FIRST.users(BY_HASH).orders(RING), "users from region to hash; four shards to three");
    go(FIRST, "users from hash to range");
}

/// Applies, and holds everything that can be seen against what was before.
fn carried_out(stage: &mut Stage, next: Rules, expected: &Value, what: &str) {
    let old = stage.present;
    let applied = stage.apply(&next, &[]).expect(0);
    let about = format!("{what}\n{applied}");
    assert!(applied.out.contains("moved"), "{about}");
    stage.assert_carried_out(&next, &about);
    if next.shards < old.shards {
        let gone = old.shards - 1;
        for table in ["orders", "order_requests", "users"] {
            assert_eq!(stage.cluster.rows_per_shard(table, "1 = 1")[gone], 0, "{about}");
        }
    }
    stage.enforce(next);
    stage.run(&["placement", "check"]).expect(0);
    serves(&stage.serve(), expected, &about);
    let said = stage.refused(old);
    let names_a_keyspace = said.contains("keyspace orders") || said.contains("keyspace users");
    assert!(names_a_keyspace, "{about}\n{said}");
    assert!(said.contains(" %)"), "it tells the share: {about}\n{said}");
    let examples = said.matches("looked for on shard-").count();
    // By a file that lacks a shard, the keys there can't be seen.
    let least = usize::from(old.shards >= next.shards);
    assert!((least..=5).contains(&examples), "{examples} examples: {about}\n{said}");
    assert!(said.contains("shardwright placement apply --config"), "{about}\n{said}");
}

/// Reads what was there and writes something that it takes away again.
fn serves(server: &Server, expected: &Value, about: &str) {
    assert_eq!(stats(server), *expected, "{about}");
    for tenant in [0, 1, 2, 3, 500, 999] {
        let orders = server.get(&format!("/orders/tenant-{tenant}?limit=100"));
        assert_eq!(orders.json.as_array().map(Vec::len), Some(20), "{orders:?}; {about}");
    }
    for id in [0, 20, 49_980, 50_000, 69_980, 70_000, 99_980] {
        let region = ["eu", "us", "asia"][id / 20 % 7 % 3];
        let user = server.get(&format!("/users/{id}?region={region}"));
        assert_eq!((user.status, &user.json["region"]), (200, &json!(region)), "{about}");
    }
    let health = server.get("/health/ready");
    assert_eq!(health.status, 200, "{health:?}; {about}");
}
