//! Copies restored on purpose.

use super::{folder, migrated, parting_at, users};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    a_restored_copy_is_adopted_and_serves,
    an_adopted_stranger_s_rows_are_looked_at,
    a_copy_of_a_whole_cluster_becomes_its_own,
    what_is_served_from_is_not_adopted,
);

fn cluster_ids(cluster: &TestCluster, is: &str) -> Vec<i64> {
    cluster.rows_per_shard("shardwright_shard", &format!("cluster_id = '{is}'"))
}

async fn a_restored_copy_is_adopted_and_serves(cluster: &TestCluster) {
    let rules = parting_at(50_000);
    let own = migrated(cluster, &rules);
    let [a, b, c] = cluster.urls() else { panic!("three shards") };
    // As if shard-1 had been restored from a copy of shard-0 of another cluster.
    let says = "shard_id = 'shard-0', cluster_id = '00000000-0000-7000-8000-000000000000'";
    cluster.execute(1, &format!("UPDATE shardwright_shard SET {says}"));
    own.run(&["serve"]).expect(1);
    let adopted = own.run(&["shards", "adopt", "shard-1"]).expect(0);
    assert!(adopted.stdout.starts_with("shard-1 of cluster "), "{adopted:?}");
    assert!(adopted.stdout.contains("(it was shard-0 of cluster 00000000-"), "{adopted:?}");
    let mut server = folder(&[a, b, c], &rules).serve();
    assert_eq!(server.get("/health/ready").status, 200, "{}", server.log());
    assert_eq!(server.stop().code(), Some(0));
    own.run(&["shards"]).expect(0);
    let unknown = own.run(&["shards", "adopt", "shard-7"]).expect(2);
    assert!(unknown.stderr.contains("there is no shard `shard-7`"), "{unknown:?}");
}

/// Its name does not make its rows those that the rule has there.
async fn an_adopted_stranger_s_rows_are_looked_at(cluster: &TestCluster) {
    let rules = parting_at(50_000);
    migrated(cluster, &rules);
    users(cluster, 0, 1..20);
    users(cluster, 1, 50_000..50_010);
    let [a, b, c] = cluster.urls() else { panic!("three shards") };
    let swapped = folder(&[b, a, c], &rules);
    swapped.run(&["serve"]).expect(1);
    swapped.run(&["shards", "adopt", "shard-0", "shard-1"]).expect(0);
    let refused = swapped.run(&["serve"]).expect(1);
    assert!(refused.stderr.contains("29 of 29 stored keys"), "{refused:?}");
    // Whoever means it has the rows moved.
    std::fs::copy(swapped.path().join("Rocket.toml"), swapped.path().join("Same.toml"))
        .expect("disk has room");
    swapped.run(&["placement", "apply", "--config", "Same.toml"]).expect(0);
    let mut server = swapped.serve();
    assert_eq!(server.get("/users/7").status, 200, "{}", server.log());
    assert_eq!(server.stop().code(), Some(0));
}

async fn a_copy_of_a_whole_cluster_becomes_its_own(cluster: &TestCluster) {
    let folder = migrated(cluster, &parting_at(50_000));
    let shards = folder.run(&["shards", "--json"]).json();
    let before = shards["shards"][0]["identity"]["cluster"].as_str().expect("text").to_owned();
    assert_eq!(cluster_ids(cluster, &before), [1, 1, 1]);
    folder.run(&["shards", "adopt", "shard-0", "shard-1", "shard-2"]).expect(0);
    assert_eq!(cluster_ids(cluster, &before), [0, 0, 0]);
    let mut server = folder.serve();
    assert_eq!(server.get("/health/ready").status, 200, "{}", server.log());
    assert_eq!(server.stop().code(), Some(0));
    folder.run(&["shards"]).expect(0);
}

async fn what_is_served_from_is_not_adopted(cluster: &TestCluster) {
    let folder = migrated(cluster, &parting_at(50_000));
    let mut server = folder.serve();
    let refused = folder.run(&["shards", "adopt", "shard-0"]).expect(1);
    assert!(refused.stderr.contains("shard shard-0 is held by "), "{refused:?}");
    assert!(refused.stderr.contains("stop it"), "{refused:?}");
    assert_eq!(server.stop().code(), Some(0));
    folder.run(&["shards", "adopt", "shard-0"]).expect(0);
}
