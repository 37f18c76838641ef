//! Folders of migrations that are not as they should be.

use super::{on_both, project::Project, traces};
use crate::support::cluster::TestCluster;

on_both!(2 =>
    two_of_one_version_are_refused,
    a_folder_that_is_not_there_is_told,
    a_late_migration_with_an_early_version_is_applied,
);

/// One would hide the other for ever once it is applied.
fn two_of_one_version_are_refused(cluster: &TestCluster) {
    let project = Project::new(cluster);
    project.add("2026-11-01-000001_one", "CREATE TABLE one (n int)", "DROP TABLE one");
    project.add("2026-11-01-000001_other", "CREATE TABLE other (n int)", "DROP TABLE other");
    for command in ["run", "pending", "list", "run --dry-run"] {
        project.migrate(command).expect(1).reports(&[
            "shard-1: ",
            "the migrations could not be read: ",
            "2026-11-01-000001_one",
            "2026-11-01-000001_other",
        ]);
    }
    assert!((0..2).all(|shard| !traces::tables(cluster, shard).contains(&"one".to_owned())));
}

fn a_folder_that_is_not_there_is_told(cluster: &TestCluster) {
    let project = Project::new(cluster);
    let words = "the migrations could not be read: ";
    project.migrate("run").expect(1).reports(&["shard-0: FAILED: ", words]);
    project.migrate("pending").expect(1).reports(&["shard-1: ", words]);
    assert!(
        (0..2).all(|shard| !traces::tables(cluster, shard).contains(&traces::HISTORY.to_owned()))
    );
}

/// Two branches, merged in the order in which they were not begun.
fn a_late_migration_with_an_early_version_is_applied(cluster: &TestCluster) {
    let project = Project::new(cluster);
    project.add("2026-11-01-000002_second", "CREATE TABLE second (n int)", "DROP TABLE second");
    project.migrate("run").expect(0);
    project.add("2026-11-01-000001_first", "CREATE TABLE first (n int)", "DROP TABLE first");
    project.migrate("pending").expect(1).reports(&["shard-0: 2026-11-01-000001_first\n"]);
    project.migrate("run").expect(0).reports(&["shard-1: applied 2026-11-01-000001_first"]);
    // The newest is the one with the highest version, as Diesel has it.
    project.migrate("revert").expect(0).reports(&["shard-1: reverted 2026-11-01-000002_second"]);
}
