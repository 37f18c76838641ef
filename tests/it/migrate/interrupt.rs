//! Ctrl-C: what is under way is finished, what is not begun is not begun.

use super::{hold, on_both, project::Project, traces, until};
use crate::support::cluster::TestCluster;

on_both!(3 =>
    the_shard_under_way_is_finished_and_no_other_begun,
    a_second_one_ends_it_at_once,
    it_ends_the_wait_for_another_process,
);

const NEXT: &str = "2026-08-01-000002_next";
const LAST: &str = "2026-08-01-000003_last";

/// A table `gate` on all shards, and two migrations to come, the first of which needs it.
fn project(cluster: &TestCluster) -> Project {
    let project = Project::new(cluster);
    project.add("2026-08-01-000001_gate", "CREATE TABLE gate (n int)", "DROP TABLE gate");
    project.migrate("run").expect(0);
    project.add(NEXT, "ALTER TABLE gate ADD COLUMN m int", "ALTER TABLE gate DROP COLUMN m");
    project.add(LAST, "CREATE TABLE last (n int)", "DROP TABLE last");
    project
}

fn the_shard_under_way_is_finished_and_no_other_begun(cluster: &TestCluster) {
    let project = project(cluster);
    let holding = hold(cluster, 0, "gate");
    let mut run = project.start("run --wave 1 --lock-timeout 0");
    run.says(&format!("shard-0: {NEXT} …"));
    run.interrupt();
    run.says("stopping");
    assert!(run.is_running());
    drop(holding);
    let run = run.end().expect(1).reports(&[
        &format!("shard-0: applied {NEXT} in "),
        &format!("shard-0: applied {LAST} in "),
        "shard-1: not started\n",
        "shard-2: not started\n",
    ]);
    assert!(!run.err.contains("shard-1"), "{run}");
    let counts = [0, 1, 2].map(|shard| traces::versions(cluster, shard).len());
    assert_eq!(counts, [3, 1, 1], "{run}");
    project.migrate("run --wave 1").expect(0).reports(&["shard-0: nothing to do\n"]);
    assert_eq!(cluster.rows_per_shard("last", "true"), [0, 0, 0]);
}

fn a_second_one_ends_it_at_once(cluster: &TestCluster) {
    let project = project(cluster);
    let holding = hold(cluster, 0, "gate");
    let mut run = project.start("run --wave 1 --lock-timeout 0");
    run.says(NEXT);
    run.interrupt();
    run.says("stopping");
    run.interrupt();
    run.end().expect(130);
    drop(holding);
    project.migrate("run").expect(0);
    until("all is done", || (0..3).all(|shard| traces::versions(cluster, shard).len() == 3));
}

/// Nothing is under way there, so nothing need be finished.
fn it_ends_the_wait_for_another_process(cluster: &TestCluster) {
    let project = project(cluster);
    let holding = hold(cluster, 0, "gate");
    let mut one = project.start("run --wave 1 --lock-timeout 0");
    one.says(NEXT);
    let mut other = project.start("run --wave 1 --wait 1h");
    other.says("shard-0: another process is migrating this shard; waiting for it");
    other.interrupt();
    let other = other.end().expect(1);
    let other = other.reports(&["shard-0: not started\n", "shard-1: not started\n"]);
    assert!(one.is_running(), "{other}");
    drop(holding);
    one.end().expect(0);
}
