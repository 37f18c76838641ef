//! What the commands print: a table for people, JSON for programs.

use serde_json::{Value, json};

use super::{on_both, project::Project, traces::HISTORY};
use crate::support::cluster::TestCluster;

on_both!(3 => the_list, the_report_as_json);

/// One shard that has all, one that lags behind, one that is ahead; always at the same time.
fn uneven(cluster: &TestCluster) -> Project {
    let project = Project::new(cluster);
    project.add("2026-09-01-000001_one", "CREATE TABLE one (n int)", "DROP TABLE one");
    project.add("2026-09-01-000002_two_is_longer", "CREATE TABLE two (n int)", "DROP TABLE two");
    project.migrate("run").expect(0);
    project.migrate("revert --shard shard-1").expect(0);
    project.add("2026-09-02-000001_later", "CREATE TABLE later (n int)", "DROP TABLE later");
    project.migrate("run --shard shard-2").expect(0);
    project.forget("2026-09-02-000001_later");
    cluster.execute_everywhere(&format!("UPDATE {HISTORY} SET run_on = '2026-10-11 12:13:14'"));
    project
}

fn the_list(cluster: &TestCluster) {
    let project = uneven(cluster);
    let list = project.migrate("list").expect(0);
    insta::assert_snapshot!(list.out, @"
    MIGRATION                        shard-0           shard-1           shard-2
    2026-09-01-000001_one            2026-10-11 12:13  2026-10-11 12:13  2026-10-11 12:13
    2026-09-01-000002_two_is_longer  2026-10-11 12:13  pending           2026-10-11 12:13
    shard-2: ahead of this binary: 20260902000001
    ");
    assert_eq!(list.err, "");

    let list = project.migrate("list --json").expect(0).json();
    let at = "2026-10-11T12:13:14+00:00";
    let migrations = |two: Value| {
        json!([
            { "version": "20260901000001", "name": "2026-09-01-000001_one", "applied_at": at },
            { "version": "20260901000002", "name": "2026-09-01-000002_two_is_longer", "applied_at": two },
        ])
    };
    let expected = json!({
        "shards": [
            { "shard": "shard-0", "migrations": migrations(json!(at)), "ahead": [] },
            { "shard": "shard-1", "migrations": migrations(Value::Null), "ahead": [] },
            { "shard": "shard-2", "migrations": migrations(json!(at)), "ahead": ["20260902000001"] },
        ],
        "drift": [],
    });
    assert_eq!(list, expected);
}

fn the_report_as_json(cluster: &TestCluster) {
    let project = Project::new(cluster);
    project.add("2026-09-01-000001_one", "CREATE TABLE one (n int)", "DROP TABLE one");
    project.add("2026-09-01-000002_two", "CREATE TABLE two (n int)", "DROP TABLE two");
    cluster.execute(1, "CREATE TABLE two (n int)");
    let run = project.migrate("run --wave 1 --json").expect(1);
    assert_eq!(run.err, "", "programs are not told twice");
    let report = run.json();
    let [zero, one, two] = report["shards"].as_array().map(Vec::as_slice).expect("a list") else {
        panic!("{run}")
    };
    assert_eq!((&zero["shard"], &zero["outcome"]), (&json!("shard-0"), &json!("done")), "{run}");
    assert_eq!(zero["error"], Value::Null, "{run}");
    let steps = zero["steps"].as_array().expect("a list");
    let names: Vec<_> = steps.iter().filter_map(|step| step["name"].as_str()).collect();
    assert_eq!(names, ["2026-09-01-000001_one", "2026-09-01-000002_two"], "{run}");
    for step in steps {
        assert_eq!(step["direction"], "applied", "{run}");
        assert!(step["took_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{run}");
        assert!(step["version"].as_str().is_some_and(|v| v.starts_with("2026090100000")), "{run}");
    }
    assert_eq!(one["outcome"], "failed", "{run}");
    assert_eq!(one["steps"].as_array().map(Vec::len), Some(1), "{run}");
    let error = one["error"].as_str().expect("words");
    assert!(error.starts_with("migration 2026-09-01-000002_two failed: "), "{run}");
    assert!(error.contains("already exists"), "{run}");
    assert_eq!((&two["outcome"], &two["steps"]), (&json!("not started"), &json!([])), "{run}");
    assert_eq!(report["drift"], json!([]), "{run}");
}
