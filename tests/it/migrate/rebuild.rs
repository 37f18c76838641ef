//! The way to change a SQLite table that can't be altered: make it anew, copy, drop, rename.

use super::{count, project::Project};
use crate::support::cluster::TestCluster;

const FIRST: &str = "
    CREATE TABLE parents (id bigint PRIMARY KEY, name text);
    CREATE TABLE children (
        id bigint PRIMARY KEY,
        parent bigint NOT NULL REFERENCES parents (id) ON DELETE CASCADE
    );
    INSERT INTO parents VALUES (1, 'one');
    INSERT INTO children VALUES (1, 1);";
const REBUILD: &str = "
    CREATE TABLE new_parents (id bigint PRIMARY KEY, name text NOT NULL);
    INSERT INTO new_parents SELECT id, name FROM parents;
    DROP TABLE parents;
    ALTER TABLE new_parents RENAME TO parents;";

/// Where foreign keys are kept, to drop a table is to delete its rows first, and theirs with them.
#[test]
fn the_rows_that_refer_to_it_are_kept() {
    let cluster = &TestCluster::sqlite(2);
    let project = Project::new(cluster);
    for (name, up) in [("2026-12-01-000001_first", FIRST), ("2026-12-01-000002_rebuild", REBUILD)] {
        project.add(name, up, "").migrate("run").expect(0);
        assert_eq!(cluster.rows_per_shard("children", "parent = 1"), [1, 1], "after {name}");
    }
    let by_name = "sql LIKE '%REFERENCES parents %'";
    assert_eq!(count(cluster, 0, "sqlite_master", by_name), 1);
}
