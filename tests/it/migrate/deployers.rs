//! Deployers at once: one works, the other waits. A killed one is in nobody's way.

use super::{five, is_postgres, on_both, project::Project, traces, until};
use crate::support::cluster::TestCluster;

on_both!(3 => two_at_once_apply_everything_once);
on_both!(2 =>
    one_waits_for_the_other_and_has_nothing_left_to_do,
    one_that_waited_long_enough_says_who_is_in_the_way,
    the_lock_of_a_killed_one_frees_itself,
);

const SLOW: &str = "2026-03-01-000001_slow";

/// A migration that takes longer than any test.
fn slow(cluster: &TestCluster) -> Project {
    let project = Project::new(cluster);
    let endless =
        "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM s WHERE i < 100000000000)
                   SELECT count(*) FROM s;";
    project.add_each(
        SLOW,
        "SELECT pg_sleep(3600);",
        &format!("CREATE TABLE slow (n int); {endless}"),
    );
    project
}

/// Makes of the slow migration one that is done in no time.
fn hurry(project: &Project) {
    project.add(SLOW, "CREATE TABLE quick (n int);", "DROP TABLE quick;");
}

fn two_at_once_apply_everything_once(cluster: &TestCluster) {
    let project = Project::new(cluster);
    five::add(&project);
    for time in 0..20 {
        traces::wipe(cluster);
        let (one, other) = (project.start("run"), project.start("run"));
        let (one, other) = (one.end(), other.end());
        let both = format!("time {time}\n{one}\n{other}");
        assert_eq!((one.code, other.code), (Some(0), Some(0)), "{both}");
        let applied = |out: &str| out.matches(": applied ").count();
        assert_eq!(applied(&one.out) + applied(&other.out), 15, "{both}");
        five::assert_complete(cluster, &both);
    }
}

fn one_waits_for_the_other_and_has_nothing_left_to_do(cluster: &TestCluster) {
    let project = Project::new(cluster);
    project.add("2026-03-01-000001_gate", "CREATE TABLE gate (n int)", "DROP TABLE gate");
    project.migrate("run").expect(0);
    project.add("2026-03-01-000002_wider", "ALTER TABLE gate ADD COLUMN m int", "DROP TABLE gate");
    let holding = super::hold(cluster, 0, "gate");
    let mut one = project.start("run --lock-timeout 0");
    one.says("shard-0: 2026-03-01-000002_wider …");
    let mut other = project.start("run --lock-timeout 0");
    other.says("shard-0: another process is migrating this shard; waiting for it");
    drop(holding);
    one.end().expect(0).reports(&["shard-0: applied 2026-03-01-000002_wider"]);
    other.end().expect(0).reports(&["shard-0: nothing to do\n"]);
}

fn one_that_waited_long_enough_says_who_is_in_the_way(cluster: &TestCluster) {
    let project = slow(cluster);
    let mut one = project.start("run --shard shard-0");
    one.says(SLOW);
    let other = project.migrate("run --shard shard-0 --wait 300ms").expect(1);
    let words = "shard-0: FAILED: another process has been migrating this shard for 300ms";
    assert!(other.out.contains(words), "{other}");
    assert!(one.is_running());
}

/// The server, for one, does not notice by itself that whoever asked has gone.
fn the_lock_of_a_killed_one_frees_itself(cluster: &TestCluster) {
    let project = slow(cluster);
    let mut one = project.start("run --shard shard-0");
    one.says(SLOW);
    if is_postgres(cluster) {
        let asleep = "query LIKE '%pg_sleep(3600)%' AND pid <> pg_backend_pid()";
        until("it sleeps", || super::count(cluster, 0, "pg_stat_activity", asleep) > 0);
    }
    one.kill();
    hurry(&project);
    project.migrate("run --wait 20s").expect(0);
    assert!((0..2).all(|shard| traces::tables(cluster, shard).contains(&"quick".to_owned())));
    assert!(!traces::tables(cluster, 0).contains(&"slow".to_owned()), "half a migration");
}
