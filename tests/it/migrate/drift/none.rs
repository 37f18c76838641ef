//! What is no difference.

use super::{SCHEMA, anew, by_hand, drift, migrated};
use crate::support::{
    both::{both_backends, run},
    cluster::TestCluster,
};

both_backends!(
    the_order_of_columns_is_no_drift,
    white_space_is_no_drift,
    rows_are_no_drift,
    shards_at_different_versions_are_not_compared,
);

async fn the_order_of_columns_is_no_drift(cluster: &TestCluster) {
    let (_project, migrator) = migrated(cluster).await;
    let turned = SCHEMA.replace(
        "id bigint PRIMARY KEY, code text NOT NULL,",
        "code text NOT NULL, id bigint PRIMARY KEY,",
    );
    assert_ne!(turned, SCHEMA);
    anew(cluster, 1, &turned);
    assert_eq!(drift(&migrator).await, [""; 0]);
}

async fn white_space_is_no_drift(cluster: &TestCluster) {
    let (_project, migrator) = migrated(cluster).await;
    let spaced = SCHEMA
        .replace("(n > 0)", "(\n n>0 )")
        .replace("things (n)", "things\n\n(  n\t)")
        .replace("parents (id)", "parents(id)")
        .replace("SELECT name FROM", "SELECT  name\nFROM");
    assert_ne!(spaced, SCHEMA);
    anew(cluster, 1, &spaced);
    assert_eq!(drift(&migrator).await, [""; 0]);
}

async fn rows_are_no_drift(cluster: &TestCluster) {
    let (_project, migrator) = migrated(cluster).await;
    by_hand(cluster, 1, "INSERT INTO parents VALUES (1, 'one')");
    by_hand(cluster, 1, "INSERT INTO things VALUES (1, 'one', 1, 1)");
    by_hand(cluster, 1, "ANALYZE");
    assert_eq!(drift(&migrator).await, [""; 0]);
}

/// Nor is it told of the one that lags; those that are level are compared all the same.
async fn shards_at_different_versions_are_not_compared(cluster: &TestCluster) {
    let (project, migrator) = migrated(cluster).await;
    project.add("2026-06-01-000002_more", "CREATE TABLE more (id bigint PRIMARY KEY)", "");
    project.migrate("run --shard shard-1").expect(0);
    assert_eq!(drift(&migrator).await, [""; 0]);
    by_hand(cluster, 2, "DROP INDEX things_by_n");
    let missing = ["shard-2 from shard-0: index things_by_n is missing"];
    assert_eq!(drift(&migrator).await, missing);
    // Now shard-2 is alone at its version: nobody is there to say what is right.
    project.migrate("run --shard shard-0").expect(0);
    assert_eq!(drift(&migrator).await, [""; 0]);
}

/// Two words that white space keeps apart, or a space inside a text, are another matter.
#[test]
fn white_space_that_means_something_is_drift() {
    run(&TestCluster::sqlite(2), async |cluster| {
        let (_project, migrator) = migrated(cluster).await;
        anew(cluster, 1, &SCHEMA.replace("SELECT name FROM", "SELECT 'a  b' AS name FROM"));
        let there = "elsewhere CREATE VIEW names AS SELECT name FROM things";
        let here = "view names is CREATE VIEW names AS SELECT 'a  b' AS name FROM things";
        let expected = format!("shard-1 from shard-0: {here}, {there}");
        assert_eq!(drift(&migrator).await, [expected]);
    });
}
