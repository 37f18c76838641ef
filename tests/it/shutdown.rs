//! Told to stop: nobody new is let in, nobody who is in is thrown out, and servers see their
//! connections end in order.

use std::fs;
use std::sync::mpsc::channel;
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use rustix::process::Signal;
use serde_json::json;

use crate::process::{Folder, Server, until};
use crate::support::{app, cluster::TestCluster};

/// The deadline of a request.
const DEADLINE: Duration = Duration::from_secs(5);
/// Longer than Rocket's own grace, which would cut the request off.
const SLOW: Duration = Duration::from_secs(3);

fn folder(cluster: &TestCluster, more: &str) -> Folder {
    Folder::with(&format!("{}{}{more}", cluster.shards_toml(), app::KEYSPACES))
}

fn user(id: i64) -> serde_json::Value {
    json!({ "id": id, "name": "Ada", "email": "ada@example.org" })
}

#[test]
fn a_slow_request_is_answered_and_every_connection_closed() {
    ends_in_order(Signal::TERM);
}

#[test]
fn a_terminal_that_is_closed_stops_it_in_order() {
    ends_in_order(Signal::HUP);
}

fn ends_in_order(signal: Signal) {
    let cluster = TestCluster::postgres(3);
    let folder = folder(&cluster, "");
    let mut server = folder.serve();
    for id in [1, 50_000] {
        assert_eq!(server.post("/users", &user(id)).status, 201, "{}", server.log());
    }
    let mut other = cluster.connection(0);
    other.batch_execute("BEGIN; LOCK TABLE users IN ACCESS EXCLUSIVE MODE").expect("it is free");
    thread::scope(|scope| {
        let (answer, answered) = channel();
        let slow = &server;
        scope.spawn(move || answer.send(slow.post("/users", &user(2)).status));
        let waiting = "application_name = 'shardwright' AND wait_event_type = 'Lock'";
        until("the request waits", || cluster.rows_per_shard("pg_stat_activity", waiting)[0] == 1);
        server.signal(signal);
        until("nobody new is let in", || !server.listens());
        let early = answered.recv_timeout(SLOW);
        assert!(early.is_err(), "it was not waiting, or was cut off: {early:?}");
        other.batch_execute("COMMIT").expect("it was in nobody's way for long");
        let answer = answered.recv_timeout(DEADLINE);
        assert_eq!(answer, Ok(201), "{}", server.log());
    });
    assert_eq!(server.end().code(), Some(0), "{}", server.log());
    let ours = "application_name = 'shardwright' AND pid <> pg_backend_pid()";
    drop(other);
    until("the servers see none of ours", || {
        cluster.rows_per_shard("pg_stat_activity", ours) == [0, 0, 0]
    });
    assert_eq!(cluster.rows_per_shard("users", "true"), [2, 1, 0]);
    for shard in 0..3 {
        let log = cluster.server(shard).log();
        assert!(log.contains("ready to accept connections"), "not the log: {log}");
        assert!(!log.contains("unexpected EOF"), "shard-{shard}: {log}");
        assert!(!log.contains("could not receive data"), "shard-{shard}: {log}");
    }
}

#[test]
fn one_that_is_to_outlive_its_terminal_does() {
    let cluster = TestCluster::sqlite(2);
    let folder = folder(&cluster, "");
    let mut server = Server::run(folder.command_by("nohup", &["serve"])).ready();
    let does = |name: &str, signal: Signal| {
        let file = format!("/proc/{}/status", server.pid());
        let status = fs::read_to_string(file).expect("it runs");
        let mask = status.lines().find_map(|line| line.strip_prefix(name)).expect("Linux");
        let mask = u64::from_str_radix(mask.trim(), 16).expect("a mask");
        mask >> (signal.as_raw() - 1) & 1 == 1
    };
    until("it listens to signals", || does("SigCgt:", Signal::TERM));
    server.signal(Signal::HUP);
    assert!(does("SigIgn:", Signal::HUP) && !does("SigCgt:", Signal::HUP));
    for id in 1..20 {
        assert_eq!(server.post("/users", &user(id)).status, 201, "{}", server.log());
    }
    assert_eq!(server.stop().code(), Some(0), "{}", server.log());
}

/// The request that waits for it is told so by its deadline; the process is gone soon after.
#[test]
fn a_frozen_shard_ends_with_its_requests_told() {
    let cluster = TestCluster::postgres(2);
    let folder = folder(&cluster, "");
    let mut server = folder.serve();
    assert_eq!(server.post("/users", &user(1)).status, 201, "{}", server.log());
    cluster.server(0).freeze();
    let began = Instant::now();
    thread::scope(|scope| {
        let (answer, answered) = channel();
        let slow = &server;
        scope.spawn(move || answer.send(slow.get("/users/1").status));
        let in_use = || {
            let shard = &slow.get("/health/shards").json["shard-0"];
            shard["healthy"] == false || shard["pool_free"] != shard["pool_size"]
        };
        until("the request waits", in_use);
        slow.terminate();
        assert_eq!(answered.recv_timeout(2 * DEADLINE), Ok(503), "{}", slow.log());
    });
    assert_eq!(server.end().code(), Some(0), "{}", server.log());
    // Grace and mercy, and a second each for the runtime's end and a busy machine.
    assert!(began.elapsed() < Duration::from_secs(6 + 3 + 2), "{:?}", began.elapsed());
}

#[test]
fn a_grace_too_short_for_a_request_is_told_of() {
    let cluster = TestCluster::sqlite(2);
    for (more, told) in [("", false), ("[default.shutdown]\ngrace = 1", true)] {
        let server = folder(&cluster, more).serve();
        let log = server.log();
        assert_eq!(log.contains("shutdown.grace is 1 s"), told, "{log}");
        assert_eq!(log.contains("set it to at least 6"), told, "{log}");
    }
    let server = folder(&cluster, "[default.shutdown]\ngrace = 5").serve();
    assert!(!server.log().contains("shutdown.grace"), "{}", server.log());
}
