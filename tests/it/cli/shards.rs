//! `shards`: how each shard is and what it holds, whatever they do.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use insta::assert_snapshot;
use serde_json::json;

use crate::process::Folder;
use crate::support::{app, cluster::TestCluster};

/// Two seconds a shard, side by side, and the rest for a machine with more to do.
const SOON: Duration = Duration::from_secs(8);

/// Both keyspaces on one shard.
const ALONE: &str = "[default.sharding.keyspaces]
orders = { strategy = 'consistent_hash' }
users = { strategy = 'consistent_hash' }
";

fn folder(cluster: &TestCluster) -> Folder {
    Folder::with(&format!("{}{}", cluster.shards_toml(), app::KEYSPACES))
}

/// A table's cells, those hidden that no two machines have alike.
fn cells(table: &str) -> String {
    let line = |line: &str| {
        let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
        let cells = cells.map(|cell| match cell.rsplit_once(' ') {
            Some((n, unit @ ("ms" | "B" | "KiB" | "MiB"))) if n.parse::<f64>().is_ok() => {
                format!("[{unit}]")
            }
            _ => cell.to_owned(),
        });
        cells.collect::<Vec<_>>().join(" | ")
    };
    table.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Three orders of two tenants, and a user, on the first shard.
fn fill(cluster: &TestCluster) {
    for (tenant, order) in [("a", 1), ("a", 2), ("b", 3)] {
        let id = match cluster.backend() {
            "sqlite" => format!("X'{order:032x}'"),
            _ => format!("'{order:032x}'::uuid"),
        };
        cluster.execute(
            0,
            &format!(
                "INSERT INTO orders VALUES \
                 ('{tenant}', {id}, 'c', 'placed', 1, 'EUR', '2026-01-01 00:00:00.000000+00:00')"
            ),
        );
    }
    cluster.execute(
        0,
        "INSERT INTO users VALUES (7, 'Ada', 'a@x', NULL, '2026-01-01 00:00:00.000000+00:00')",
    );
}

#[test]
fn files_that_are_not_there_are_told_of_and_not_made() {
    let folder = Folder::fresh();
    let ran = folder.run(&["shards"]).expect(1);
    assert_snapshot!(cells(&ran.stdout), @r"
    SHARD | BACKEND | HEALTH | LATENCY | SCHEMA | SIZE | KEYS
    shard-0 | sqlite | file missing | - | - | - | -
    shard-1 | sqlite | file missing | - | - | - | -
    shard-2 | sqlite | file missing | - | - | - | -
    shard-0: could not connect to shard shard-0: its file is missing: data/shard-0.db; put it back, and it is served from again; or, if the shard is new, run `shardwright migration run`
    shard-1: could not connect to shard shard-1: its file is missing: data/shard-1.db; put it back, and it is served from again; or, if the shard is new, run `shardwright migration run`
    shard-2: could not connect to shard shard-2: its file is missing: data/shard-2.db; put it back, and it is served from again; or, if the shard is new, run `shardwright migration run`
    ");
    assert_eq!(folder.files(), ["Rocket.toml"]);
}

/// Under a URL with whatever SQLite would read as more than a name.
#[test]
fn a_file_is_found_under_any_name() {
    let cluster = TestCluster::sqlite(1);
    let toml = format!("{}{}", cluster.shards_toml(), ALONE);
    let folder = Folder::with(&toml.replace("shard-0.db", "a b%20#c.db"));
    folder.run(&["migration", "run"]).expect(0);
    assert!(folder.run(&["shards"]).expect(0).stdout.contains("healthy"));
}

#[test]
fn a_table_for_people() {
    for cluster in [TestCluster::sqlite(2), TestCluster::postgres(2)] {
        let folder = folder(&cluster);
        folder.run(&["migration", "run"]).expect(0);
        fill(&cluster);
        let ran = folder.run(&["shards"]).expect(0);
        let table = ran.stdout.replace(cluster.backend(), "[backend]");
        insta::allow_duplicates! {
            assert_snapshot!(cells(&table).replace("[MiB]", "[KiB]"), @r"
            SHARD | BACKEND | HEALTH | LATENCY | SCHEMA | SIZE | KEYS
            shard-0 | [backend] | healthy | [ms] | 20261121000002 | [KiB] | orders 2, users 1
            shard-1 | [backend] | healthy | [ms] | 20261121000002 | [KiB] | orders 0, users 0
            ");
        }
        assert_eq!(ran.stderr, "");
    }
}

#[test]
fn json_for_programs() {
    for cluster in [TestCluster::sqlite(2), TestCluster::postgres(2)] {
        let folder = folder(&cluster);
        folder.run(&["migration", "run"]).expect(0);
        fill(&cluster);
        folder.run(&["migration", "revert", "--shard", "shard-1"]).expect(0);
        let mut shards = folder.run(&["shards", "--json"]).expect(1).json();
        for shard in shards["shards"].as_array_mut().expect("shards") {
            assert!(shard["latency_ms"].as_f64().is_some_and(|ms| ms > 0.0), "{shard}");
            assert!(shard["size_bytes"].as_u64().is_some_and(|size| size > 4096), "{shard}");
            assert_eq!(shard["backend"], cluster.backend());
            // Which cluster it is, is made up; which shard, is not.
            assert_eq!(shard["identity"]["shard"], shard["shard"]);
            assert!(shard["identity"]["cluster"].is_string(), "{shard}");
            for hidden in ["identity", "latency_ms", "size_bytes", "backend"] {
                shard[hidden] = json!("[hidden]");
            }
        }
        insta::allow_duplicates! {
            insta::assert_json_snapshot!(shards, @r#"
            {
              "shards": [
                {
                  "backend": "[hidden]",
                  "detail": null,
                  "error": null,
                  "healthy": true,
                  "identity": "[hidden]",
                  "keys": {
                    "orders": 2,
                    "users": 1
                  },
                  "latency_ms": "[hidden]",
                  "schema": {
                    "pending": [],
                    "version": "20261121000002"
                  },
                  "shard": "shard-0",
                  "size_bytes": "[hidden]"
                },
                {
                  "backend": "[hidden]",
                  "detail": null,
                  "error": "refused: migrations are pending",
                  "healthy": false,
                  "identity": "[hidden]",
                  "keys": {},
                  "latency_ms": "[hidden]",
                  "schema": {
                    "pending": [
                      "2026-11-21-000002_create_users"
                    ],
                    "version": "20261121000001"
                  },
                  "shard": "shard-1",
                  "size_bytes": "[hidden]"
                }
              ]
            }
            "#);
        }
    }
}

#[test]
fn a_dead_and_a_frozen_server_hold_up_nobody() {
    let cluster = TestCluster::postgres(3);
    let folder = folder(&cluster);
    folder.run(&["migration", "run"]).expect(0);
    cluster.server(1).kill();
    cluster.server(2).freeze();
    let asked = Instant::now();
    let ran = folder.run(&["shards"]).expect(1);
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    let (table, remarks) = ran.stdout.split_at(ran.stdout.find("shard-1: ").expect("a remark"));
    assert_snapshot!(cells(table).replace("[MiB]", "[KiB]"), @r"
    SHARD | BACKEND | HEALTH | LATENCY | SCHEMA | SIZE | KEYS
    shard-0 | postgres | healthy | [ms] | 20261121000002 | [KiB] | orders 0, users 0
    shard-1 | postgres | unavailable | - | - | - | -
    shard-2 | postgres | timed out | - | - | - | -
    ");
    assert!(remarks.contains("Connection refused"), "{ran:?}");
    for secret in cluster.secrets() {
        assert!(!ran.words().contains(&secret), "{ran:?}");
    }
    let shards = &folder.run(&["shards", "--json"]).expect(1).json()["shards"];
    let told = |i: usize| (shards[i]["healthy"].clone(), shards[i]["error"].clone());
    assert_eq!(told(0), (json!(true), json!(null)), "{shards}");
    assert_eq!(told(1), (json!(false), json!("unavailable")), "{shards}");
    assert_eq!(told(2), (json!(false), json!("timed out")), "{shards}");
    assert!(shards[2]["size_bytes"].is_null() && shards[2]["keys"] == json!({}), "{shards}");
}

/// What is known is told, although a count waits for a lock and is given up on.
#[test]
fn a_locked_table_hides_its_count_alone() {
    let cluster = TestCluster::postgres(2);
    let folder = folder(&cluster);
    folder.run(&["migration", "run"]).expect(0);
    let mut other = cluster.connection(0);
    other.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").expect("it is free");
    let asked = Instant::now();
    let ran = folder.run(&["shards"]).expect(0);
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    let table = ran.stdout.lines().take(3).collect::<Vec<_>>().join("\n");
    assert_snapshot!(cells(&table).replace("[MiB]", "[KiB]"), @r"
    SHARD | BACKEND | HEALTH | LATENCY | SCHEMA | SIZE | KEYS
    shard-0 | postgres | healthy | [ms] | 20261121000002 | [KiB] | - (timed out)
    shard-1 | postgres | healthy | [ms] | 20261121000002 | [KiB] | orders 0, users 0
    ");
}
