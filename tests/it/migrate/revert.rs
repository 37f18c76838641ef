//! `revert` and `redo`: per shard, newest first, and never what the binary doesn't know.

use super::{five, on_both, project::Project, traces};
use crate::support::cluster::TestCluster;

on_both!(2 =>
    the_newest_are_reverted_on_every_shard,
    all_are_reverted,
    each_shard_reverts_its_own_newest,
    redo_reverts_and_applies_again,
    what_the_binary_does_not_know_is_not_reverted,
    a_missing_down_sql_keeps_what_was_done,
    a_failing_down_sql_is_rolled_back,
);

/// The five, applied everywhere.
fn project(cluster: &TestCluster) -> Project {
    let project = Project::new(cluster);
    five::add(&project);
    project.migrate("run").expect(0);
    project
}

/// How many migrations each shard has behind it, by Diesel's table and by the ledger.
#[track_caller]
fn assert_applied(cluster: &TestCluster, counts: [usize; 2]) {
    let history = [0, 1].map(|shard| traces::versions(cluster, shard).len());
    assert_eq!(history, counts);
    if counts.iter().all(|n| *n > 0) {
        assert_eq!(cluster.rows_per_shard("ledger", "true"), counts.map(|n| n as i64));
    }
}

fn the_newest_are_reverted_on_every_shard(cluster: &TestCluster) {
    let project = project(cluster);
    let revert = project.migrate("revert").expect(0);
    revert.reports(&["shard-0: reverted 2026-01-01-000005_fifth in ", "shard-1: reverted "]);
    assert_applied(cluster, [4, 4]);
    let revert = project.migrate("revert -n 2").expect(0);
    let fourth = revert.out.find("shard-0: reverted 2026-01-01-000004_fourth");
    let third = revert.out.find("shard-0: reverted 2026-01-01-000003_third");
    assert!(fourth.is_some() && fourth < third, "{revert}");
    assert_applied(cluster, [2, 2]);
    project.migrate("revert -n 0").expect(2);
    project.migrate("revert -n 1 --all").expect(2);
    assert_applied(cluster, [2, 2]);
    project.migrate("run").expect(0);
    five::assert_complete(cluster, "after what was reverted was applied again");
}

fn all_are_reverted(cluster: &TestCluster) {
    let project = project(cluster);
    let revert = project.migrate("revert --all").expect(0);
    assert_eq!(revert.out.matches(": reverted ").count(), 10, "{revert}");
    for shard in [0, 1] {
        assert_eq!(traces::tables(cluster, shard), [traces::HISTORY]);
        assert!(traces::versions(cluster, shard).is_empty());
    }
    project.migrate("revert").expect(0).reports(&["shard-0: nothing to do\n"]);
    // More than there is is all there is.
    project.migrate("run").expect(0);
    project.migrate("revert -n 99").expect(0);
    assert_applied(cluster, [0, 0]);
}

fn each_shard_reverts_its_own_newest(cluster: &TestCluster) {
    let project = project(cluster);
    project.migrate("revert -n 2 --shard shard-1").expect(0);
    assert_applied(cluster, [5, 3]);
    let revert = project.migrate("revert").expect(0);
    revert.reports(&[
        "shard-0: reverted 2026-01-01-000005_fifth",
        "shard-1: reverted 2026-01-01-000003_third",
    ]);
    assert_applied(cluster, [4, 2]);
}

fn redo_reverts_and_applies_again(cluster: &TestCluster) {
    let project = project(cluster);
    let redo = project.migrate("redo -n 2 --shard shard-0").expect(0);
    let steps: Vec<_> = redo.out.lines().filter_map(|line| line.split(" in ").next()).collect();
    assert_eq!(
        steps,
        [
            "shard-0: reverted 2026-01-01-000005_fifth",
            "shard-0: reverted 2026-01-01-000004_fourth",
            "shard-0: applied 2026-01-01-000004_fourth",
            "shard-0: applied 2026-01-01-000005_fifth",
        ]
    );
    five::assert_complete(cluster, "after a redo of two");
    let redo = project.migrate("redo --all").expect(0);
    assert_eq!(redo.out.matches(": applied ").count(), 10, "{redo}");
    five::assert_complete(cluster, "after a redo of all");
    // It does not apply what was never applied.
    project.migrate("revert -n 2").expect(0);
    project.migrate("redo").expect(0);
    assert_applied(cluster, [3, 3]);
}

fn what_the_binary_does_not_know_is_not_reverted(cluster: &TestCluster) {
    let project = project(cluster);
    project.migrate("revert --shard shard-1").expect(0);
    project.forget(five::NAMES[4]);
    let ahead = "shard-0: FAILED: the shard is ahead: it has 20260101000005, which this binary does \
                 not know\n";
    for command in ["revert", "revert -n 3", "revert --all", "redo"] {
        let revert = project.migrate(&format!("{command} --canary shard-0")).expect(1);
        let revert = revert.reports(&[ahead, "shard-1: not started\n"]);
        assert!(!revert.out.contains("reverted"), "{revert}");
    }
    project.migrate("revert --dry-run --shard shard-0").expect(1);
    assert_applied(cluster, [5, 4]);
}

fn a_missing_down_sql_keeps_what_was_done(cluster: &TestCluster) {
    let project = project(cluster);
    for backend in ["postgres", "sqlite"] {
        let folder = project.migrations().join(backend).join(five::NAMES[3]);
        std::fs::remove_file(folder.join("down.sql")).expect("it is there");
    }
    let revert = project.migrate("revert -n 3").expect(1);
    revert.reports(&[
        "shard-0: reverted 2026-01-01-000005_fifth in ",
        "shard-0: FAILED: migration 2026-01-01-000004_fourth failed: ",
        "down.sql",
        "shard-1: reverted 2026-01-01-000005_fifth in ",
    ]);
    assert_applied(cluster, [4, 4]);
    let plan = project.migrate("revert --dry-run").expect(0);
    plan.reports(&["shard-0: would revert 2026-01-01-000004_fourth\n"]);
}

fn a_failing_down_sql_is_rolled_back(cluster: &TestCluster) {
    let project = project(cluster);
    cluster.execute(1, "DROP TABLE work_5");
    let revert = project.migrate("revert").expect(1);
    revert.reports(&["shard-0: reverted 2026-01-01-000005_fifth", "shard-1: FAILED: "]);
    assert_applied(cluster, [4, 5]);
}
