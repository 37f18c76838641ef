//! `migration run` and `list` over Postgres servers, one of which may be down.

use crate::process::Folder;
use crate::support::{app, cluster::TestCluster};

fn folder(cluster: &TestCluster) -> Folder {
    Folder::with(&format!("{}{}", cluster.shards_toml(), app::KEYSPACES))
}

const APPLIED: &str = "__diesel_schema_migrations";

#[test]
fn run_migrates_every_server_once() {
    let cluster = TestCluster::postgres(3);
    let folder = folder(&cluster);
    let listed = folder.run(&["migration", "list"]).expect(0).stdout;
    assert_eq!(listed.matches("pending").count(), 6, "{listed}");
    let run = folder.run(&["migration", "run"]).expect(0).stdout;
    assert_eq!(run.matches(": applied ").count(), 6, "{run}");
    let again = folder.run(&["migration", "run"]).expect(0).stdout;
    assert_eq!(again.matches(": nothing to do").count(), 3, "{again}");
    assert_eq!(cluster.rows_per_shard(APPLIED, "true"), [2, 2, 2]);
    let listed = folder.run(&["migration", "list"]).expect(0).stdout;
    assert!(!listed.contains("pending"), "{listed}");
    for secret in cluster.secrets() {
        assert!(!format!("{listed}{run}{again}").contains(&secret));
    }
}

#[test]
fn a_server_that_is_down_is_named_and_stops_no_other() {
    let cluster = TestCluster::postgres(3);
    let folder = folder(&cluster);
    cluster.server(1).kill();
    let run = folder.run(&["migration", "run"]).expect(1);
    assert_eq!(run.stdout.matches("shard-0: applied ").count(), 2, "{run:?}");
    assert_eq!(run.stdout.matches("shard-2: applied ").count(), 2, "{run:?}");
    let line = run.stdout.lines().find(|line| line.starts_with("shard-1"));
    let line = line.unwrap_or_else(|| panic!("nothing of shard-1: {run:?}"));
    assert!(line.contains("FAILED") && line.contains("Connection refused"), "{line}");

    let json = folder.run(&["migration", "run", "--json"]).expect(1).json();
    let json = &json["shards"];
    assert!(json[1]["error"].as_str().is_some_and(|e| e.contains("Connection refused")), "{json}");
    assert!(json[0]["error"].is_null() && json[2]["error"].is_null(), "{json}");
    let listed = folder.run(&["migration", "list"]).expect(1);
    assert!(listed.words().contains("shard-1: could not connect"), "{listed:?}");
    assert!(listed.stdout.contains('?') && !listed.stdout.contains("pending"), "{listed:?}");
    let json = folder.run(&["migration", "list", "--json"]).expect(1).json();
    let json = &json["shards"];
    assert!(json[1]["error"].is_string() && json[2]["migrations"][1]["applied_at"].is_string());
    assert_eq!(folder.files(), ["Rocket.toml"], "no file was made in the server's place");
    for secret in cluster.secrets() {
        assert!(!run.words().contains(&secret) && !listed.words().contains(&secret), "{run:?}");
    }

    cluster.server(1).start_again();
    let run = folder.run(&["migration", "run"]).expect(0).stdout;
    assert_eq!(run.matches("shard-1: applied ").count(), 2, "{run}");
    assert_eq!(run.matches(": nothing to do").count(), 2, "{run}");
    assert_eq!(cluster.rows_per_shard(APPLIED, "true"), [2, 2, 2]);
}

#[test]
fn a_frozen_server_is_given_up_on() {
    let cluster = TestCluster::postgres(2);
    let toml = format!(
        "{}{}\n[default.sharding.pool]\nconnect_timeout = \"1s\"\n",
        cluster.shards_toml(),
        app::KEYSPACES
    );
    let folder = Folder::with(&toml);
    cluster.server(0).freeze();
    let run = folder.run(&["migration", "run"]).expect(1);
    assert!(run.stdout.contains("shard-0: FAILED"), "{run:?}");
    assert_eq!(run.stdout.matches("shard-1: applied ").count(), 2, "{run:?}");
}

#[test]
fn a_migration_that_fails_is_named_and_the_start_refused() {
    let cluster = TestCluster::postgres(2);
    let folder = folder(&cluster);
    cluster.execute(1, "CREATE TABLE users (mine INT)");
    let run = folder.run(&["migration", "run"]).expect(1);
    assert_eq!(run.stdout.matches("shard-0: applied ").count(), 2, "{run:?}");
    assert_eq!(run.stdout.matches("shard-1: applied ").count(), 1, "what came before stays");
    let line = run.stdout.lines().find(|line| line.starts_with("shard-1: FAILED"));
    let line = line.unwrap_or_else(|| panic!("nothing of shard-1's failure: {run:?}"));
    assert!(line.contains("000002_create_users") && line.contains("already exists"), "{line}");
    let served = folder.run(&["serve"]).expect(1);
    assert!(served.stderr.contains("shard-1"), "{served:?}");
    assert!(served.stderr.contains("shardwright migration run"), "{served:?}");

    cluster.execute(1, "DROP TABLE users");
    folder.run(&["migration", "run"]).expect(0);
    assert_eq!(cluster.rows_per_shard(APPLIED, "true"), [2, 2]);
}
