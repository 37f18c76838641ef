//! `migration run` and `list` over SQLite files.

use insta::assert_snapshot;

use crate::process::Folder;

#[test]
fn run_applies_once_and_list_shows_it() {
    let folder = Folder::fresh();
    let before = folder.run(&["migration", "list"]).expect(0);
    assert_snapshot!(before.stdout, @r"
    MIGRATION                        shard-0  shard-1  shard-2
    2026-11-21-000001_create_orders  pending  pending  pending
    2026-11-21-000002_create_users   pending  pending  pending
    ");

    let first = folder.run(&["migration", "run"]).expect(0);
    for shard in ["shard-0", "shard-1", "shard-2"] {
        for migration in ["2026-11-21-000001_create_orders", "2026-11-21-000002_create_users"] {
            let line = format!("{shard}: applied {migration} in ");
            assert!(first.stdout.contains(&line), "{line} is not in {}", first.stdout);
        }
        assert!(folder.files().contains(&format!("data/{shard}.db")));
    }
    let again = folder.run(&["migration", "run"]).expect(0);
    assert_snapshot!(again.stdout, @r"
    shard-0: nothing to do
    shard-1: nothing to do
    shard-2: nothing to do
    ");
    let after = folder.run(&["migration", "list"]).expect(0).stdout;
    assert!(!after.contains("pending"), "{after}");
    assert_eq!(after.lines().count(), 3, "{after}");
}

#[test]
fn json_for_programs() {
    let folder = Folder::fresh();
    let listed = folder.run(&["migration", "list", "--json"]).expect(0).json();
    let listed = &listed["shards"];
    assert_eq!(listed[2]["shard"], "shard-2");
    assert_eq!(listed[2]["migrations"][0]["version"], "20261121000001");
    assert!(listed[2]["migrations"][0]["applied_at"].is_null(), "{listed}");

    let run = folder.run(&["migration", "run", "--json"]).expect(0).json();
    let run = &run["shards"];
    assert_eq!(run.as_array().map(Vec::len), Some(3));
    assert_eq!(run[0]["shard"], "shard-0");
    assert_eq!(run[0]["steps"].as_array().map(Vec::len), Some(2));
    assert_eq!(run[0]["steps"][1]["name"], "2026-11-21-000002_create_users");
    assert!(run[0]["steps"][1]["took_ms"].is_f64() && run[0]["error"].is_null(), "{run}");

    let run = folder.run(&["migration", "run", "--json"]).expect(0).json();
    assert_eq!(run["shards"][0]["steps"].as_array().map(Vec::len), Some(0));
    let listed = folder.run(&["migration", "list", "--json"]).expect(0).json();
    let applied = listed["shards"][0]["migrations"][1]["applied_at"].as_str().expect("a time");
    assert!(chrono::DateTime::parse_from_rfc3339(applied).is_ok(), "{applied}");
}

/// Looking is not making: the files come with the first run or the first start.
#[test]
fn list_makes_no_files() {
    let folder = Folder::fresh();
    folder.run(&["migration", "list"]);
    assert_eq!(folder.files(), ["Rocket.toml"]);
}

#[test]
fn two_runs_at_once_apply_everything_once() {
    let folder = Folder::fresh();
    let reports = std::thread::scope(|scope| {
        let runs = [(); 2]
            .map(|()| scope.spawn(|| folder.run(&["migration", "run", "--json"]).expect(0).json()));
        runs.map(|run| run.join().expect("it ran"))
    });
    for shard in 0..3 {
        let applied =
            reports.iter().map(|r| r["shards"][shard]["steps"].as_array().map_or(0, Vec::len));
        assert_eq!(applied.sum::<usize>(), 2, "{reports:?}");
    }
}
