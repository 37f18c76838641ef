//! Five migrations that show when one is applied twice, half or not at all.

use super::{project::Project, traces, traces::HISTORY};
use crate::support::cluster::TestCluster;

/// Their names, in order.
pub(crate) const NAMES: [&str; 5] = [
    "2026-01-01-000001_first",
    "2026-01-01-000002_second",
    "2026-01-01-000003_third",
    "2026-01-01-000004_fourth",
    "2026-01-01-000005_fifth",
];

/// Rows each of them inserts: enough for a kill to find it at work.
const ROWS: i64 = 4000;

/// Writes them. Each notes itself in a ledger that takes it twice, makes a table that can't be made
/// twice, and has work to do between the two.
pub(crate) fn add(project: &Project) {
    for (name, n) in NAMES.into_iter().zip(1..) {
        let ledger = if n == 1 { "CREATE TABLE ledger (n int NOT NULL);" } else { "" };
        let up = format!(
            "{ledger}
             INSERT INTO ledger VALUES ({n});
             CREATE TABLE work_{n} (i bigint PRIMARY KEY, t text NOT NULL);
             WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < {ROWS})
             INSERT INTO work_{n} SELECT i, 'row ' || i FROM s;
             CREATE INDEX work_{n}_by_t ON work_{n} (t);"
        );
        let down = format!("DROP TABLE work_{n}; DELETE FROM ledger WHERE n = {n};");
        let last = if n == 1 { "DROP TABLE ledger;" } else { "" };
        project.add(name, &up, &format!("{down}{last}"));
    }
}

/// All five are on every shard, whole and once.
#[track_caller]
pub(crate) fn assert_complete(cluster: &TestCluster, context: &str) {
    let once = vec![1; cluster.len()];
    for n in 1..=5 {
        assert_eq!(cluster.rows_per_shard("ledger", &format!("n = {n}")), once, "{context}");
        let version = format!("version = '2026010100000{n}'");
        assert_eq!(cluster.rows_per_shard(HISTORY, &version), once, "{context}");
        let whole = vec![ROWS; cluster.len()];
        assert_eq!(cluster.rows_per_shard(&format!("work_{n}"), "t <> ''"), whole, "{context}");
    }
    for shard in 0..cluster.len() {
        assert_eq!(traces::versions(cluster, shard).len(), 5, "{context}");
    }
}
