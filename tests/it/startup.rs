//! From nothing to the first answer, and with a shard that is not there yet.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::json;

use crate::process::{Folder, Server, until};
use crate::support::{app, cluster::TestCluster};

#[test]
fn a_fresh_folder_serves() {
    let folder = Folder::fresh();
    assert_eq!(folder.files(), ["Rocket.toml"]);
    let server = folder.serve();
    let health = server.get("/health/ready");
    assert_eq!((health.status, &health.json), (200, &json!({ "status": "ready" })));
    let order = json!({
        "tenant_id": "tenant-abc", "customer_id": "c", "total_cents": 1999, "currency": "EUR",
    });
    let created = server.post("/orders", &order);
    assert_eq!(created.status, 201, "{created:?}");
    let id = created.json["order_id"].as_str().expect("it has an id");
    let found = server.get(&format!("/orders/tenant-abc/{id}"));
    assert_eq!((found.status, &found.json["total_cents"]), (200, &json!(1999)), "{found:?}");
    for shard in ["shard-0", "shard-1", "shard-2"] {
        assert!(folder.files().contains(&format!("data/{shard}.db")), "{:?}", folder.files());
    }
}

#[test]
fn what_was_stored_is_there_after_a_restart() {
    let folder = Folder::fresh();
    let user = json!({ "id": -7, "name": "Ada", "email": "ada@example.org" });
    let mut server = folder.serve();
    assert_eq!(server.post("/users", &user).status, 201);
    assert_eq!(server.stop().code(), Some(0), "{}", server.log());
    let server = folder.serve();
    let found = server.get("/users/-7");
    assert_eq!((found.status, &found.json["name"]), (200, &json!("Ada")), "{found:?}");
    assert!(!server.log().contains("applied"), "nothing was pending: {}", server.log());
}

#[test]
fn a_shard_that_is_down_at_the_start_is_taken_back_and_migrated() {
    let cluster = TestCluster::postgres(3);
    cluster.server(1).kill();
    let folder = Folder::with(&format!("{}{}", cluster.shards_toml(), app::KEYSPACES));
    let mut server = folder.serve();

    let user = |id: i64| json!({ "id": id, "name": "Ada", "email": "ada@example.org" });
    // By range: below 50000 on shard-0, the others on shard-1.
    assert_eq!(server.post("/users", &user(1)).status, 201, "{}", server.log());
    let asked = Instant::now();
    assert_eq!(server.post("/users", &user(50_000)).status, 503, "{}", server.log());
    assert!(asked.elapsed() < Duration::from_secs(20), "{:?}", asked.elapsed());
    let health = server.get("/health/shards").json;
    for (shard, healthy) in [("shard-0", true), ("shard-1", false), ("shard-2", true)] {
        assert_eq!(health[shard]["healthy"], healthy, "{health}");
    }
    assert_eq!(health["shard-1"]["error"], "unavailable", "{health}");
    assert_eq!(server.get("/health/ready").status, 200, "each keyspace has a shard that serves");

    cluster.server(1).start_again();
    let accepting = Instant::now();
    until("the shard is migrated and serves", || {
        server.post("/users", &user(50_000)).status == 201
    });
    // A second that a breaker may stay open, and the rest for a machine with more to do.
    assert!(accepting.elapsed() < Duration::from_secs(3), "{:?}", accepting.elapsed());
    until("the shard is seen to be back", || {
        server.get("/health/shards").json["shard-1"]["healthy"] == true
    });
    assert_eq!(cluster.rows_per_shard("users", "true"), [1, 1, 0]);
    let applied = cluster.rows_per_shard("__diesel_schema_migrations", "true");
    assert_eq!(applied[0], applied[1], "it is at the schema of the others");
    assert!(applied[1] > 0);
    assert_eq!(server.stop().code(), Some(0), "{}", server.log());
}

/// Threads that wait for a frozen server must not keep the process from ending.
#[test]
fn a_frozen_shard_does_not_keep_the_service_from_stopping() {
    let cluster = TestCluster::postgres(3);
    let folder = Folder::with(&format!("{}{}", cluster.shards_toml(), app::KEYSPACES));
    let mut server = folder.serve();
    let user = json!({ "id": 1, "name": "Ada", "email": "ada@example.org" });
    assert_eq!(server.post("/users", &user).status, 201, "{}", server.log());
    cluster.server(0).freeze();
    let answer = server.get("/users/1");
    assert_eq!(answer.status, 503, "{answer:?}");
    let mut health = json!(null);
    until("it is seen to be frozen", || {
        health = server.get("/health/shards").json;
        health["shard-0"]["healthy"] == false
    });
    assert_eq!(health["shard-1"]["healthy"], true, "{health}");
    assert_eq!(server.stop().code(), Some(0), "{}", server.log());
}

/// A release migrates nothing by itself, and needs no restart once somebody has.
#[test]
fn a_shard_that_comes_back_behind_is_refused_until_it_is_migrated() {
    let cluster = TestCluster::postgres(2);
    let folder = Folder::with(&format!(
        "[default.sharding]\nmigrate_on_start = false\n{}{}",
        cluster.shards_toml(),
        app::KEYSPACES
    ));
    cluster.server(1).kill();
    folder.run(&["migration", "run"]).expect(1);
    let server = folder.serve();
    cluster.server(1).start_again();
    let mut health = json!(null);
    until("it is seen to be behind", || {
        health = server.get("/health/shards").json;
        health["shard-1"]["error"].as_str().is_some_and(|error| error.starts_with("refused"))
    });
    let error = health["shard-1"]["error"].as_str().expect("it has one");
    assert!(error.contains("shardwright migration run"), "{error}");
    let user = json!({ "id": 50_000, "name": "Ada", "email": "ada@example.org" });
    assert_eq!(server.post("/users", &user).status, 503, "{}", server.log());
    assert_eq!(server.get("/health/ready").status, 503, "a refused shard is nobody's to overlook");

    folder.run(&["migration", "run"]).expect(0);
    until("it is taken back", || server.post("/users", &user).status == 201);
    until("it is ready", || server.get("/health/ready").status == 200);
    assert!(server.log().contains("the shard is healthy again"), "{}", server.log());
    assert_eq!(cluster.rows_per_shard("users", "true"), [0, 1]);
}

/// A shard that answers is waited for while somebody else holds its migration lock; one that falls
/// silent meanwhile is not, and is migrated once it is back.
#[test]
fn a_shard_that_freezes_while_it_is_migrated_does_not_hold_up_the_start() {
    let cluster = TestCluster::postgres(2);
    let folder = Folder::with(&format!("{}{}", cluster.shards_toml(), app::KEYSPACES));
    let lock = i64::from_be_bytes(*b"shrdwmig");
    let mut other = cluster.connection(1);
    other.batch_execute(&format!("SELECT pg_advisory_lock({lock})")).expect("nobody holds it");
    let starting = Server::spawn(&folder);
    let polling = "query LIKE '%pg_try_advisory_lock%' AND pid <> pg_backend_pid()";
    until("it asks for the lock", || cluster.rows_per_shard("pg_stat_activity", polling)[1] > 0);
    assert!(!starting.is_ready_within(Duration::from_secs(4)), "it did not wait for the shard");
    cluster.server(1).freeze();
    let frozen = Instant::now();
    let mut server = starting.ready();
    assert!(frozen.elapsed() < Duration::from_secs(10), "{:?}", frozen.elapsed());
    let health = server.get("/health/shards").json;
    assert_eq!(health["shard-0"]["healthy"], true, "{health}");
    assert_eq!(health["shard-1"]["healthy"], false, "{health}");

    cluster.server(1).thaw();
    drop(other);
    until("the shard is migrated and taken back", || {
        server.get("/health/shards").json["shard-1"]["healthy"] == true
    });
    assert_eq!(cluster.rows_per_shard("__diesel_schema_migrations", "true"), [2, 2]);
    assert_eq!(server.stop().code(), Some(0), "{}", server.log());
}
