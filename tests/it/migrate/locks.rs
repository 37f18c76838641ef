//! A migration that can't have a table: it gives way, tries again, and says so.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;

use super::{hold, on_both, project::Project, traces, until};
use crate::support::cluster::TestCluster;

on_both!(2 =>
    it_tries_again_and_succeeds_once_the_other_is_done,
    it_gives_up_when_its_tries_are_used_up,
    without_a_time_out_it_waits,
);

const WIDER: &str = "2026-04-01-000002_wider";

/// A table `notes` on all shards, and a migration of it to come.
fn project(cluster: &TestCluster) -> Project {
    let project = Project::new(cluster);
    project.add("2026-04-01-000001_notes", "CREATE TABLE notes (t text)", "DROP TABLE notes");
    project.migrate("run").expect(0);
    let up = "INSERT INTO notes VALUES ('once'); ALTER TABLE notes ADD COLUMN n int;";
    project.add(WIDER, up, "ALTER TABLE notes DROP COLUMN n");
    project
}

fn it_tries_again_and_succeeds_once_the_other_is_done(cluster: &TestCluster) {
    let project = project(cluster);
    let holding = hold(cluster, 0, "notes");
    let mut run = project.start("run --lock-timeout 200ms");
    let retrying =
        format!("shard-0: {WIDER} timed out on a lock (try 1); others go first, next try in 0.5 s");
    run.says(&retrying).says("(try 2); others go first, next try in 1.0 s");
    drop(holding);
    let applied = format!("shard-0: applied {WIDER}");
    run.end().expect(0).reports(&[&applied]);
    assert_eq!(cluster.rows_per_shard("notes", "t = 'once' AND n IS NULL"), [1, 1]);
}

fn it_gives_up_when_its_tries_are_used_up(cluster: &TestCluster) {
    let project = project(cluster);
    let mut holding = hold(cluster, 0, "notes");
    let run = project.migrate("run --lock-timeout 50ms --lock-retries 1").expect(1);
    let failed = format!("shard-0: FAILED: migration {WIDER} timed out on a lock 2 times; ");
    let run = run.reports(&[&failed, &format!("shard-1: applied {WIDER}")]);
    assert_eq!(run.err.matches("timed out on a lock").count(), 1, "{run}");
    assert_eq!(traces::versions(cluster, 0).len(), 1, "{run}");
    holding.batch_execute("ROLLBACK").expect("it was in nobody's way for long");
    assert_eq!(cluster.rows_per_shard("notes", "t = 'once'"), [0, 1], "{run}");
    project.migrate("run").expect(0);
}

fn without_a_time_out_it_waits(cluster: &TestCluster) {
    let project = project(cluster);
    let holding = hold(cluster, 0, "notes");
    let mut run = project.start("run --lock-timeout 0");
    run.says(&format!("shard-0: {WIDER} …"));
    until("the other shard is done", || traces::versions(cluster, 1).len() == 2);
    assert!(run.is_running());
    drop(holding);
    let run = run.end().expect(0);
    assert!(!run.err.contains("timed out"), "{run}");
}

/// Queries on the table queue behind a migration that queues behind a transaction. When it gives
/// up they pass, while the transaction goes on.
#[test]
fn it_lets_a_waiting_reader_through() {
    let cluster = &TestCluster::postgres(2);
    let project = project(cluster);
    let mut holding = hold(cluster, 0, "notes");
    let mut run = project.start("run --lock-timeout 2s --lock-retries 10");
    let passed = (0..3).any(|_| {
        until("the migration queues", || traces::queueing(cluster, 0, "notes") == 1);
        let mut reader = cluster.connection(0);
        let (done, is_done) = channel();
        thread::spawn(move || done.send(reader.batch_execute("SELECT * FROM notes")));
        let mut queued = false;
        let mut answer = None;
        until("the reader is done", || {
            queued |= traces::queueing(cluster, 0, "notes") == 2;
            answer = is_done.try_recv().ok();
            answer.is_some()
        });
        assert_eq!(answer, Some(Ok(())));
        // On a slow machine the migration may have given up before the reader came.
        queued
    });
    assert!(passed, "no reader was seen queueing");
    run.says("timed out on a lock (try ");
    assert!(run.is_running());
    assert_eq!(traces::versions(cluster, 0).len(), 1);
    holding.batch_execute("COMMIT").expect("the transaction was not ended by anyone");
    run.end().expect(0).reports(&[&format!("shard-0: applied {WIDER}")]);
}

/// The very first thing a migrator writes is Diesel's own table, and that may wait too.
#[test]
fn a_writer_on_a_database_that_was_never_migrated_is_waited_for() {
    let cluster = &TestCluster::sqlite(2);
    let project = Project::new(cluster);
    project.add("2026-04-01-000001_notes", "CREATE TABLE notes (t text)", "DROP TABLE notes");
    let mut holding = cluster.connection(0);
    holding.batch_execute("BEGIN IMMEDIATE").expect("it is alone");
    let mut run = project.start("run --lock-timeout 100ms");
    run.says("timed out on a lock (try 1)");
    holding.batch_execute("COMMIT").expect("the transaction was not ended by anyone");
    run.end().expect(0);
    assert_eq!(cluster.rows_per_shard("notes", "true"), [0, 0]);
}

/// A time-out of one's own ends what takes too long, and is not taken for a lock's.
#[test]
fn a_statement_that_takes_too_long_is_ended() {
    let cluster = &TestCluster::postgres(1);
    let project = Project::new(cluster);
    project.add_each("2026-04-01-000001_slow", "SELECT pg_sleep(3600)", "");
    let run = project.migrate("run --statement-timeout 100ms").expect(1);
    let run = run.reports(&["FAILED", "statement timeout"]);
    assert!(!run.err.contains("timed out on a lock"), "{run}");
}

/// Nothing but the option says how long a statement may take.
#[test]
fn the_pool_s_statement_time_out_is_not_a_migration_s() {
    let cluster = &TestCluster::postgres(1);
    let limit = "[default.sharding.pool]\nstatement_timeout = \"100ms\"\n";
    let project = Project::with(cluster, limit);
    project.add_each("2026-04-01-000001_slow", "SELECT pg_sleep(0.4)", "");
    let run = project.migrate("run").expect(0);
    let millis = Duration::from_millis(400);
    let took = run.out.trim().trim_end_matches(" ms").rsplit(' ').next().map(str::parse::<f64>);
    assert!(
        took.is_some_and(|took| took.is_ok_and(|ms| ms >= millis.as_secs_f64() * 1e3)),
        "{run}"
    );
}
