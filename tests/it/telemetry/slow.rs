//! A slow statement is told of in the line of its request, without a value.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use serde_json::{Value, json};
use shardwright::shard::ShardConnection;

use super::json::lines;
use super::service::service;
use crate::process::{Server, until};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(a_slow_statement_is_told_with_its_request_and_without_its_values, so_it_is_in_text);

const SLOW: &str = "[default.sharding.telemetry]\nslow_query = '20ms'";
const ID: (&str, &str) = ("X-Request-Id", "the-slow-one");

/// Stores a user while nobody may, for as long as a statement takes that is slow.
fn store_slowly(cluster: &TestCluster, server: &Server) {
    let mut other = cluster.connection(0);
    let hold = match other {
        ShardConnection::Postgres(_) => "BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE",
        ShardConnection::Sqlite(_) => "BEGIN IMMEDIATE",
    };
    other.batch_execute(hold).expect("nobody else is there");
    let free = "shardwright_shard_permits_free{shard=\"shard-0\"} 8";
    std::thread::scope(|scope| {
        let user = json!({ "id": 7, "name": "Zebra Ziegler", "email": "zebra@example.org" });
        let store = scope.spawn(move || server.post_with("/users", ID, &user));
        let mut since = None;
        until("it has waited for long", || {
            let waits = !server.get("/metrics").text.contains(free);
            let since = since.get_or_insert_with(Instant::now);
            if !waits {
                *since = Instant::now();
            }
            waits && since.elapsed() > Duration::from_millis(200)
        });
        other.batch_execute("ROLLBACK").expect("it is ours");
        assert_eq!(store.join().expect("no panic").status, 201);
    });
    until("it is told", || server.log().contains("a statement was slow"));
}

async fn a_slow_statement_is_told_with_its_request_and_without_its_values(cluster: &TestCluster) {
    let folder = service(cluster, SLOW).env("SHARDWRIGHT_LOG_FORMAT", "json");
    let server = folder.serve();
    store_slowly(cluster, &server);
    let log = lines(&server.log());
    let slow = log.iter().filter(|line| line["message"] == "a statement was slow");
    let slow: Vec<_> = slow.filter(|line| line["request_id"] == ID.1).collect();
    let [line] = slow.as_slice() else { panic!("not one, but {slow:?} of {log:?}") };
    assert_eq!((&line["shard"], &line["level"]), (&"shard-0".into(), &"WARN".into()), "{line}");
    assert_eq!((&line["route"], &line["method"]), (&"/users".into(), &"POST".into()), "{line}");
    assert!(line["took_ms"].as_u64().is_some_and(|took| took >= 20), "{line}");
    let sql = line["sql"].as_str().expect("its shape");
    assert!(sql.contains("INSERT INTO") || sql == "BEGIN IMMEDIATE", "{sql}");
    let text = server.log();
    let text = text.lines().find(|text| serde_json::from_str(text).ok().as_ref() == Some(*line));
    assert_eq!(members(text.expect("its text")), members(example()), "as the manual shows it");
    for value in ["Zebra", "zebra", "Ziegler"] {
        assert!(!server.log().contains(value), "{value} in {}", server.log());
    }
}

/// The line that the manual shows.
fn example() -> &'static str {
    const MONITORING: &str = include_str!("../../../docs/src/how-to/monitoring.md");
    let lines = MONITORING.lines();
    lines.into_iter().find(|line| line.starts_with("{\"timestamp\"")).expect("an example")
}

/// The names of a line's members, in the order in which they are written.
fn members(line: &str) -> Vec<String> {
    let members: Value = serde_json::from_str(line).expect("a line of JSON");
    let names = members.as_object().expect("with members").keys();
    let mut names: Vec<_> = names.cloned().collect();
    names.sort_by_key(|name| line.find(&format!("\"{name}\":")));
    names
}

async fn so_it_is_in_text(cluster: &TestCluster) {
    let server = service(cluster, SLOW).serve();
    store_slowly(cluster, &server);
    let log = server.log();
    // On a busy machine others are slow, too.
    let mut slow = log.lines().filter(|line| line.contains("a statement was slow"));
    let line = slow.find(|line| line.contains("request_id=the-slow-one"));
    assert!(line.is_some_and(|line| line.contains("WARN")), "{log}");
    assert!(!log.contains("Zebra"), "{log}");
}
