//! Which of two that differ is the odd one.

use super::{by_hand, drift, migrated};
use crate::support::{both::both_backends, both::run, cluster::TestCluster};

both_backends!(what_most_shards_have_is_right, each_of_three_may_be_odd_in_its_own_way);

const DROP: &str = "DROP INDEX things_by_n";
const ADD: &str = "ALTER TABLE parents ADD note bigint";

async fn what_most_shards_have_is_right(cluster: &TestCluster) {
    let (_project, migrator) = migrated(cluster).await;
    by_hand(cluster, 0, DROP);
    let odd = ["shard-0 from shard-1: index things_by_n is missing"];
    assert_eq!(drift(&migrator).await, odd);
    by_hand(cluster, 1, DROP);
    let odd = drift(&migrator).await;
    assert_eq!(odd.len(), 1, "{odd:?}");
    assert!(odd[0].starts_with("shard-2 from shard-0: index things_by_n is extra: "), "{odd:?}");
    by_hand(cluster, 2, DROP);
    assert_eq!(drift(&migrator).await, [""; 0]);
}

async fn each_of_three_may_be_odd_in_its_own_way(cluster: &TestCluster) {
    let (project, migrator) = migrated(cluster).await;
    by_hand(cluster, 1, DROP);
    by_hand(cluster, 2, ADD);
    let odd = [
        "shard-1 from shard-0: index things_by_n is missing",
        "shard-2 from shard-0: column parents.note is extra: bigint",
    ];
    assert_eq!(drift(&migrator).await, odd);
    // After a run that has nothing to do, and by `list`.
    for command in ["run", "run --shard shard-0", "list"] {
        project.migrate(command).expect(1).reports(&[
            "shard-1: DRIFTED from shard-0: index things_by_n is missing\n",
            "shard-2: DRIFTED from shard-0: column parents.note is extra: bigint\n",
        ]);
    }
    let json = project.migrate("list --json").expect(1).json();
    let first = serde_json::json!({
        "shard": "shard-1",
        "reference": "shard-0",
        "differences": ["index things_by_n is missing"],
    });
    assert_eq!(json["drift"][0], first);
    assert_eq!(json["drift"].as_array().map(Vec::len), Some(2), "{json:#}");
}

#[test]
fn of_two_the_first_is_right_on_postgres() {
    run(&TestCluster::postgres(2), of_two_the_first_is_right);
}

#[test]
fn of_two_the_first_is_right_on_sqlite() {
    run(&TestCluster::sqlite(2), of_two_the_first_is_right);
}

async fn of_two_the_first_is_right(cluster: &TestCluster) {
    let (_project, migrator) = migrated(cluster).await;
    by_hand(cluster, 0, ADD);
    assert_eq!(drift(&migrator).await, ["shard-1 from shard-0: column parents.note is missing"]);
}
