//! A migration that fails on one shard: what else is done, what is kept, and what is said.

use super::{on_both, project::Project, traces};
use crate::support::cluster::TestCluster;

on_both!(4 =>
    a_failure_in_waves_leaves_later_shards_untouched,
    a_failure_side_by_side_leaves_the_others_done,
    a_failing_canary_keeps_every_other_shard_from_being_started,
    a_good_canary_goes_first_and_once,
    only_the_shards_named_are_migrated,
);

const FIRST: &str = "20260201000001";
const THIRD: &str = "20260201000003";

/// Three migrations, of which the second fails where its table is there already.
fn project(cluster: &TestCluster) -> Project {
    let project = Project::new(cluster);
    for (n, table) in ["one", "two", "three"].into_iter().enumerate() {
        let up = format!(
            "CREATE TABLE {table} (id bigint PRIMARY KEY); INSERT INTO {table} VALUES (1);"
        );
        let name = format!("2026-02-01-00000{}_{table}", n + 1);
        project.add(&name, &up, &format!("DROP TABLE {table};"));
    }
    project
}

fn put_in_the_way(cluster: &TestCluster, shard: usize) {
    cluster.execute(shard, "CREATE TABLE two (other text)");
}

fn mend(cluster: &TestCluster, shard: usize) {
    cluster.execute(shard, "DROP TABLE two");
}

fn assert_all_done(cluster: &TestCluster) {
    for shard in 0..cluster.len() {
        assert_eq!(traces::versions(cluster, shard).last().map(String::as_str), Some(THIRD));
    }
    for table in ["one", "two", "three"] {
        assert_eq!(cluster.rows_per_shard(table, "id = 1"), vec![1; cluster.len()]);
    }
}

fn a_failure_in_waves_leaves_later_shards_untouched(cluster: &TestCluster) {
    let project = project(cluster);
    put_in_the_way(cluster, 1);
    let run = project.migrate("run --wave 1").expect(1).reports(&[
        "shard-0: applied 2026-02-01-000003_three in ",
        "shard-1: applied 2026-02-01-000001_one in ",
        "shard-1: FAILED: migration 2026-02-01-000002_two failed: ",
        "two", // the database's words name the table
        "already exists",
        "shard-2: not started\n",
        "shard-3: not started\n",
    ]);
    assert_eq!(run.out.matches("FAILED").count(), 1, "{run}");
    assert!(!run.out.contains("DRIFTED"), "different versions are not compared\n{run}");
    assert_eq!(traces::versions(cluster, 0).len(), 3);
    assert_eq!(traces::versions(cluster, 1), [FIRST]);
    assert_eq!(traces::tables(cluster, 1), [traces::HISTORY, "one", "two"]);
    assert!(traces::is_untouched(cluster, 2));
    assert!(traces::is_untouched(cluster, 3));

    // Nothing is mended: nothing changes, and nobody gets further.
    project.migrate("run --wave 1").expect(1).reports(&["shard-0: nothing to do\n", "FAILED"]);
    assert_eq!(traces::versions(cluster, 1), [FIRST]);
    assert!(traces::is_untouched(cluster, 2));

    mend(cluster, 1);
    let rerun = project.migrate("run --wave 1").expect(0);
    let rerun =
        rerun.reports(&["shard-0: nothing to do\n", "shard-1: applied 2026-02-01-000002_two"]);
    assert!(!rerun.out.contains("shard-1: applied 2026-02-01-000001_one"), "{rerun}");
    assert_all_done(cluster);
    let quiet = project.migrate("run").expect(0);
    assert_eq!(quiet.out.matches("nothing to do").count(), 4, "{quiet}");
    assert_eq!(quiet.out.lines().count(), 4, "{quiet}");
}

fn a_failure_side_by_side_leaves_the_others_done(cluster: &TestCluster) {
    let project = project(cluster);
    put_in_the_way(cluster, 1);
    let run = project.migrate("run").expect(1).reports(&["shard-1: FAILED"]);
    for shard in [0, 2, 3] {
        assert!(
            run.out.contains(&format!("shard-{shard}: applied 2026-02-01-000003_three")),
            "{run}"
        );
        assert_eq!(traces::versions(cluster, shard).len(), 3, "{run}");
    }
    assert_eq!(traces::versions(cluster, 1), [FIRST]);
    mend(cluster, 1);
    project.migrate("run").expect(0);
    assert_all_done(cluster);
}

fn a_failing_canary_keeps_every_other_shard_from_being_started(cluster: &TestCluster) {
    let project = project(cluster);
    put_in_the_way(cluster, 2);
    let run = project.migrate("run --canary shard-2").expect(1).reports(&[
        "shard-2: FAILED",
        "shard-0: not started\n",
        "shard-1: not started\n",
        "shard-3: not started\n",
    ]);
    assert!(!run.err.contains("shard-0"), "{run}");
    assert!([0, 1, 3].into_iter().all(|shard| traces::is_untouched(cluster, shard)), "{run}");
    mend(cluster, 2);
    project.migrate("run --canary shard-2").expect(0);
    assert_all_done(cluster);
}

fn a_good_canary_goes_first_and_once(cluster: &TestCluster) {
    let project = project(cluster);
    let run = project.migrate("run --canary shard-3").expect(0);
    assert_all_done(cluster);
    let order: Vec<&str> = run.err.lines().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(order[..3], ["shard-3"; 3], "{run}");
    assert!(!order[3..].contains(&"shard-3"), "{run}");
    assert!(run.out.starts_with("shard-3: "), "{run}");
}

fn only_the_shards_named_are_migrated(cluster: &TestCluster) {
    let project = project(cluster);
    let run = project.migrate("run --shard shard-2 --shard shard-0").expect(0);
    for shard in [1, 3] {
        assert!(traces::is_untouched(cluster, shard), "{run}");
        assert!(!run.out.contains(&format!("shard-{shard}")), "{run}");
    }
    assert!([0, 2].into_iter().all(|shard| traces::versions(cluster, shard).len() == 3), "{run}");
    // One that is named twice is done once.
    let run = project.migrate("run --shard shard-1 --shard shard-1 --canary shard-1").expect(0);
    assert_eq!(run.out.matches("shard-1: applied 2026-02-01-000001_one").count(), 1, "{run}");
}

#[test]
fn a_shard_that_does_not_exist_is_a_mistake_of_usage() {
    let cluster = &TestCluster::sqlite(4);
    let project = project(cluster);
    for arguments in [
        "run --shard shard-9",
        "run --shard shard-0 --shard shard-9",
        "run --canary shard-9",
        "run --dry-run --shard shard-9",
        "revert --shard shard-9",
        "redo --canary shard-9",
    ] {
        project.migrate(arguments).expect(2).complains("shard-9");
    }
    project.migrate("run --wave 0").expect(2).complains("--wave");
    project.migrate("run --lock-timeout 5").expect(2).complains("--lock-timeout");
    assert!((0..4).all(|shard| traces::is_untouched(cluster, shard)));
}
