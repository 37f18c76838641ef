//! A service whose rules are not those its rows were placed by.

use super::{folder, migrated, parting_at, users};
use crate::process::Server;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    a_changed_rule_is_refused_where_there_are_rows,
    a_changed_rule_is_taken_on_where_there_are_none,
    the_later_of_two_with_different_rules_is_refused,
    what_can_t_be_known_is_not_assumed,
    rows_of_before_are_looked_at_once,
    the_order_of_the_file_changes_nothing,
    a_shard_left_out_is_not_taken_for_empty,
);

async fn a_changed_rule_is_refused_where_there_are_rows(cluster: &TestCluster) {
    migrated(cluster, &parting_at(50_000));
    users(cluster, 0, 39_990..40_010);
    users(cluster, 1, 50_000..50_020);
    let urls: Vec<_> = cluster.urls().iter().collect();
    let changed = folder(&urls, &parting_at(40_000));
    let refused = changed.run(&["serve"]).expect(1);
    let words = &refused.stderr;
    assert!(words.contains("keyspace users"), "{words}");
    assert!(words.contains("10 of 40 stored keys (25.0 %)"), "{words}");
    let example = "40000 (on shard-0, looked for on shard-1)";
    assert!(words.contains(example), "{words}");
    assert_eq!(words.matches("looked for on shard-1").count(), 5, "{words}");
    assert!(words.contains("`shardwright placement apply --config NEW.toml`"), "{words}");
    // The rule before serves as ever.
    let mut server = folder(&urls, &parting_at(50_000)).serve();
    assert_eq!(server.get("/users/40009").status, 200, "{}", server.log());
    assert_eq!(server.stop().code(), Some(0));
}

async fn a_changed_rule_is_taken_on_where_there_are_none(cluster: &TestCluster) {
    migrated(cluster, &parting_at(50_000));
    let urls: Vec<_> = cluster.urls().iter().collect();
    let mut server = folder(&urls, &parting_at(40_000)).serve();
    assert_eq!(server.get("/health/ready").status, 200, "{}", server.log());
    assert_eq!(server.stop().code(), Some(0));
    users(cluster, 0, 1..2);
    folder(&urls, &parting_at(50_000)).run(&["serve"]).expect(1);
}

async fn the_later_of_two_with_different_rules_is_refused(cluster: &TestCluster) {
    migrated(cluster, &parting_at(50_000));
    let urls: Vec<_> = cluster.urls().iter().collect();
    let mut first = folder(&urls, &parting_at(50_000)).serve();
    let refused = folder(&urls, &parting_at(40_000)).run(&["serve"]).expect(1);
    let words = &refused.stderr;
    assert!(
        words.contains("keyspace users is not the one that other processes serve by"),
        "{words}"
    );
    assert!(words.contains("is held by"), "{words}");
    assert!(words.contains("shardwright"), "{words}");
    // With the same rules there may be any number, and the first goes on.
    let second = folder(&urls, &parting_at(50_000)).serve();
    assert_eq!(second.get("/health/ready").status, 200, "{}", second.log());
    let user = serde_json::json!({ "id": 45_000, "name": "Ada", "email": "ada@example.org" });
    assert_eq!(first.post("/users", &user).status, 201, "{}", first.log());
    assert_eq!(first.stop().code(), Some(0));
}

/// A shard that is away may hold rows, so a changed rule is not taken on for it.
async fn what_can_t_be_known_is_not_assumed(cluster: &TestCluster) {
    if cluster.backend() == "sqlite" {
        return;
    }
    migrated(cluster, &parting_at(50_000));
    cluster.server(1).kill();
    let urls: Vec<_> = cluster.urls().iter().collect();
    let refused = folder(&urls, &parting_at(40_000)).run(&["serve"]).expect(1);
    assert!(refused.stderr.contains("while shard-1 does not answer"), "{refused:?}");
    let server = folder(&urls, &parting_at(50_000)).serve();
    assert_eq!(server.get("/health/live").status, 200);
}

/// A database that was filled before any rule was noted takes on the one its rows are placed by.
async fn rows_of_before_are_looked_at_once(cluster: &TestCluster) {
    migrated(cluster, &parting_at(50_000));
    users(cluster, 0, 1..20);
    users(cluster, 1, 50_000..50_020);
    cluster.execute_everywhere("DELETE FROM shardwright_placement");
    cluster.execute_everywhere("DELETE FROM shardwright_shard");
    let urls: Vec<_> = cluster.urls().iter().collect();
    let refused = folder(&urls, &parting_at(10)).run(&["serve"]).expect(1);
    assert!(refused.stderr.contains("10 of 39 stored keys"), "{refused:?}");
    assert!(refused.stderr.contains("it is not recorded by which rule"), "{refused:?}");
    let mut server = folder(&urls, &parting_at(50_000)).serve();
    assert_eq!(server.get("/users/7").status, 200, "{}", server.log());
    assert_eq!(server.stop().code(), Some(0));
    assert_eq!(cluster.rows_per_shard("shardwright_placement", "keyspace = 'users'"), [1, 1, 1]);
}

async fn the_order_of_the_file_changes_nothing(cluster: &TestCluster) {
    migrated(cluster, &parting_at(50_000));
    users(cluster, 0, 1..20);
    let entry =
        |i: usize| format!("[default.sharding.shards.shard-{i}]\nurl = '{}'\n", cluster.urls()[i]);
    let shards: String = [2, 0, 1].map(entry).concat();
    let folder = crate::process::Folder::with(&format!("{}{shards}", parting_at(50_000)));
    let mut server = Server::spawn(&folder.env("ROCKET_PROFILE", "default")).ready();
    assert_eq!(server.get("/users/7").status, 200, "{}", server.log());
    assert_eq!(server.stop().code(), Some(0));
}

/// Rows on a shard that the file no longer has are rows all the same, though nobody can see them.
async fn a_shard_left_out_is_not_taken_for_empty(cluster: &TestCluster) {
    let ring = "[default.sharding.keyspaces.orders]\nstrategy = \"consistent_hash\"\n\
                [default.sharding.keyspaces.users]\nstrategy = \"consistent_hash\"\n";
    migrated(cluster, ring);
    users(cluster, 2, 7..8);
    let urls: Vec<_> = cluster.urls().iter().take(2).collect();
    let refused = folder(&urls, ring).run(&["serve"]).expect(1);
    let words = &refused.stderr;
    assert!(words.contains("shard-2 holds rows by that rule too"), "{words}");
    assert!(words.contains("placement apply"), "{words}");
}
