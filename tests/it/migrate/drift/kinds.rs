//! Each kind of difference, by the words that made it and the words it is named with.

use super::{SCHEMA, anew, by_hand, drift, migrated};
use crate::support::cluster::TestCluster;

/// What is done by hand to the second of three shards, and how it is named. Done are statements,
/// or the schema is made anew with some words of it replaced: `these => by those`.
pub(super) type Case = (&'static str, &'static [&'static str]);

/// One after the other.
pub(super) async fn each(cluster: &TestCluster, cases: &[Case]) {
    let (_project, migrator) = migrated(cluster).await;
    // On one line, so that a case may speak of words of two.
    let schema = SCHEMA.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut wrong = Vec::new();
    for (change, differences) in cases {
        match change.split_once(" => ") {
            Some((old, new)) => {
                assert_eq!(schema.matches(old).count(), 1, "{old}");
                anew(cluster, 1, &schema.replace(old, new));
            }
            None => by_hand(cluster, 1, change),
        }
        let mut expected: Vec<_> =
            differences.iter().map(|what| format!("shard-1 from shard-0: {what}")).collect();
        let mut found = drift(&migrator).await;
        expected.sort();
        found.sort();
        if found != expected {
            wrong.push(format!("{change}\n  expected {expected:#?}\n  found {found:#?}"));
        }
        by_hand(cluster, 1, "DROP TABLE IF EXISTS more");
        anew(cluster, 1, SCHEMA);
        assert_eq!(drift(&migrator).await, [""; 0], "after {change}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
