//! Databases that are not the ones they are configured as.

use serde_json::json;

use super::{folder, migrated, parting_at};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    swapped_urls_are_refused_with_both_names,
    another_clusters_database_is_refused,
    the_majority_is_right,
    a_cluster_learns_who_it_is_once,
);

/// What `shards --json` says of who the databases are.
fn identities(folder: &crate::process::Folder) -> Vec<serde_json::Value> {
    let shards = folder.run(&["shards", "--json"]).json()["shards"].clone();
    shards.as_array().expect("an array").iter().map(|shard| shard["identity"].clone()).collect()
}

async fn swapped_urls_are_refused_with_both_names(cluster: &TestCluster) {
    let rules = parting_at(50_000);
    migrated(cluster, &rules);
    let [a, b, c] = cluster.urls() else { panic!("three shards") };
    let swapped = folder(&[b, a, c], &rules);
    let words = "the database configured as shard-0 says it is shard-1";
    for command in [&["serve"][..], &["migration", "run"], &["migration", "list"]] {
        let ran = swapped.run(command).expect(1);
        assert!(ran.words().contains(words), "{ran:?}");
        assert!(ran.words().contains("shards adopt"), "{ran:?}");
    }
    let shards = swapped.run(&["shards"]).expect(1);
    assert!(shards.stdout.contains("refused: says it is shard-1"), "{shards:?}");
    assert!(shards.stdout.contains("refused: says it is shard-0"), "{shards:?}");
    assert_eq!(cluster.rows_per_shard("shardwright_shard", "true"), [1, 1, 1]);
    folder(&[a, b, c], &rules).run(&["migration", "run"]).expect(0);
}

async fn another_clusters_database_is_refused(cluster: &TestCluster) {
    let rules = parting_at(50_000);
    let other = match cluster.backend() {
        "sqlite" => TestCluster::sqlite(3),
        _ => TestCluster::postgres(3),
    };
    let (own, foreign) = (migrated(cluster, &rules), migrated(&other, &rules));
    let (ours, theirs) = (identities(&own), identities(&foreign));
    assert_ne!(ours[0]["cluster"], theirs[0]["cluster"]);
    let [a, b, _] = cluster.urls() else { panic!("three shards") };
    // The very shard by name, and of another cluster.
    let mixed = folder(&[a, b, &other.urls()[2]], &rules);
    let before = other.rows_per_shard("__diesel_schema_migrations", "true");
    for command in [&["serve"][..], &["migration", "run"]] {
        let ran = mixed.run(command).expect(1);
        let words = ran.words();
        assert!(words.contains("shard-2 says it is shard-2 of cluster"), "{words}");
        for cluster in [&ours[0]["cluster"], &theirs[0]["cluster"]] {
            assert!(words.contains(cluster.as_str().expect("text")), "{words}");
        }
    }
    assert_eq!(other.rows_per_shard("__diesel_schema_migrations", "true"), before);
}

async fn the_majority_is_right(cluster: &TestCluster) {
    let rules = parting_at(50_000);
    let folder = migrated(cluster, &rules);
    let name = "00000000-0000-7000-8000-000000000000";
    cluster.execute(0, &format!("UPDATE shardwright_shard SET cluster_id = '{name}'"));
    let ran = folder.run(&["serve"]).expect(1);
    assert!(ran.stderr.contains(&format!("shard-0 of cluster {name}")), "{ran:?}");
    // Two against two at the most is nobody's majority.
    cluster.execute(1, "DELETE FROM shardwright_shard");
    let ran = folder.run(&["serve"]).expect(1);
    assert!(ran.stderr.contains("the shards belong to different clusters: shard-0 to"), "{ran:?}");
    assert!(ran.stderr.contains("shard-2 to"), "{ran:?}");
}

/// Whatever is migrated first, and by however many at once.
async fn a_cluster_learns_who_it_is_once(cluster: &TestCluster) {
    let rules = parting_at(50_000);
    let [a, b, c] = cluster.urls() else { panic!("three shards") };
    let deployers: Vec<_> = (0..3).map(|_| folder(&[a, b, c], &rules)).collect();
    let spawn = |folder: &crate::process::Folder| {
        folder.command(&["migration", "run"]).spawn().expect("it can be started")
    };
    let running: Vec<_> = deployers.iter().map(spawn).collect();
    for deployer in running {
        let ended = deployer.wait_with_output().expect("it ends");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
    let identities = identities(&deployers[0]);
    for (i, identity) in identities.iter().enumerate() {
        let expected =
            json!({ "shard": format!("shard-{i}"), "cluster": identities[0]["cluster"] });
        assert_eq!(*identity, expected);
    }
    // One that comes later is told the same.
    cluster.execute(1, "DELETE FROM shardwright_shard");
    deployers[0].run(&["migration", "run", "--shard", "shard-1"]).expect(0);
    assert_eq!(self::identities(&deployers[0]), identities);
}
