//! `CREATE INDEX CONCURRENTLY`, which runs in no transaction and waits for everyone who is in one.

use diesel::connection::SimpleConnection;

use super::{count, project::Project, traces, until};
use crate::support::cluster::TestCluster;

const INDEX: &str = "2026-05-01-000002_index_things";

/// A table with rows on all shards, and a concurrent index to come.
fn project(cluster: &TestCluster, index: &str) -> Project {
    let project = Project::new(cluster);
    let things = "CREATE TABLE things (n int NOT NULL); INSERT INTO things VALUES (1), (2);";
    project.add("2026-05-01-000001_things", things, "DROP TABLE things");
    project.migrate("run").expect(0);
    project.add_apart(INDEX, index);
    project
}

fn phase(cluster: &TestCluster, phase: &str) -> bool {
    count(cluster, 0, "pg_stat_progress_create_index", &format!("phase = '{phase}'")) == 1
}

#[test]
fn it_works_outside_a_transaction() {
    let cluster = &TestCluster::postgres(2);
    let project = project(cluster, "CREATE INDEX CONCURRENTLY things_by_n ON things (n);");
    let plan = project.migrate("run --dry-run").expect(0);
    plan.reports(&[&format!("shard-1: would apply {INDEX}, outside a transaction")]);
    project.migrate("run").expect(0).reports(&[&format!("shard-1: applied {INDEX}")]);
    let valid = "indexrelid = 'things_by_n'::regclass AND indisvalid";
    assert_eq!(cluster.rows_per_shard("pg_index", valid), [1, 1]);
    project.migrate("list").expect(0);
}

/// A waiter that held a snapshot, as one inside `pg_advisory_lock` does, would be waited for in
/// turn: a deadlock known from other tools.
#[test]
fn a_second_deployer_waits_without_being_waited_for() {
    let cluster = &TestCluster::postgres(2);
    let project = project(cluster, "CREATE INDEX CONCURRENTLY things_by_n ON things (n);");
    let mut writer = cluster.connection(0);
    writer.batch_execute("BEGIN; INSERT INTO things VALUES (3)").expect("nobody is in its way");
    let mut reader = cluster.connection(0);
    let snapshot = "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT 1";
    reader.batch_execute(snapshot).expect("nobody is in its way");

    // The build waits longer than the lock time-out: giving up would leave an invalid index.
    let mut one = project.start("run --lock-timeout 10ms");
    until("the build waits for the writer", || phase(cluster, "waiting for writers before build"));
    let mut other = project.start("run --lock-timeout 10ms");
    other.says("shard-0: another process is migrating this shard; waiting for it");
    writer.batch_execute("COMMIT").expect("it was not ended by anyone");
    until("the build waits for the snapshot", || phase(cluster, "waiting for old snapshots"));

    // An index that is being built is not one that was left unfinished.
    let list = project.migrate("list").expect(0);
    assert!(!list.out.contains("invalid"), "{list}");
    assert!(one.is_running() && other.is_running());
    reader.batch_execute("COMMIT").expect("it was not ended by anyone");

    let one = one.end().expect(0).reports(&[&format!("shard-0: applied {INDEX}")]);
    assert!(!one.err.contains("timed out"), "{one}");
    other.end().expect(0).reports(&["shard-0: nothing to do\n"]);
}

#[test]
fn an_invalid_index_is_named_until_it_is_dropped() {
    let cluster = &TestCluster::postgres(3);
    let index = "CREATE UNIQUE INDEX CONCURRENTLY things_once ON things (n);";
    let project = project(cluster, index);
    cluster.execute(1, "INSERT INTO things VALUES (2)");
    let invalid = "shard-1: DRIFTED: index things_once is invalid, left by a CREATE INDEX CONCURRENTLY \
                   that did not end; drop it and run the migration again\n";
    let run = project.migrate("run").expect(1);
    let run =
        run.reports(&["shard-1: FAILED: migration ", "could not create unique index", invalid]);
    assert_eq!(run.out.matches("DRIFTED").count(), 1, "{run}");
    let list = project.migrate("list").expect(1).reports(&[invalid]);
    assert_eq!(list.out.matches("DRIFTED").count(), 1, "{list}");
    // A rerun can't mend it.
    project.migrate("run").expect(1).reports(&["already exists", invalid]);

    cluster.execute(1, "DROP INDEX CONCURRENTLY things_once");
    cluster.execute(1, "DELETE FROM things WHERE n = 2");
    project.migrate("run").expect(0);
    project.migrate("list").expect(0);
    assert_eq!(traces::versions(cluster, 1).len(), 2);
}

/// Where the others have the index, it is its being invalid that is told, and not that it is missing.
#[test]
fn an_invalid_index_beside_good_ones_is_told_once() {
    let cluster = &TestCluster::postgres(2);
    let project = project(cluster, "CREATE UNIQUE INDEX CONCURRENTLY things_once ON things (n);");
    project.migrate("run").expect(0);
    for shard in [0, 1] {
        cluster.execute(shard, "DROP INDEX things_once");
        cluster.execute(shard, "INSERT INTO things VALUES (2)");
        let again = "CREATE UNIQUE INDEX CONCURRENTLY things_once ON things (n)";
        let failed = cluster.connection(shard).batch_execute(again);
        failed.expect_err("there are duplicates");
        let list = project.migrate("list").expect(1);
        let drift: Vec<_> = list.out.lines().filter(|line| line.contains("DRIFTED")).collect();
        let [told] = drift[..] else { panic!("{list}") };
        assert!(told.starts_with(&format!("shard-{shard}: ")), "{list}");
        assert!(told.contains("index things_once is invalid"), "{list}");
        cluster.execute(shard, "DROP INDEX things_once");
        cluster.execute(shard, "DELETE FROM things WHERE n = 2");
        cluster.execute(shard, "INSERT INTO things VALUES (2)");
        cluster.execute(shard, "CREATE UNIQUE INDEX things_once ON things (n)");
        project.migrate("list").expect(0);
    }
}
