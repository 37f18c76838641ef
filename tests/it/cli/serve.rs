//! `serve`: what keeps it from starting, and how it stops.

use std::net::{Ipv4Addr, TcpListener};

use crate::process::Folder;

#[test]
fn a_port_that_is_taken_is_told() {
    let taken = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("there are ports");
    let port = taken.local_addr().expect("it is bound").port();
    let folder = Folder::fresh().env("ROCKET_PORT", &port.to_string());
    for command in [&["serve"][..], &[]] {
        let ran = folder.run(command).expect(1);
        assert!(ran.stderr.contains("in use"), "{ran:?}");
        assert!(ran.stderr.contains("ROCKET_PORT"), "what to do: {ran:?}");
        assert!(ran.stderr.contains(&port.to_string()), "which port: {ran:?}");
        assert!(!ran.stderr.contains("panicked"), "{ran:?}");
    }
}

#[test]
fn sigterm_ends_it_well() {
    let folder = Folder::fresh();
    let mut server = folder.serve();
    assert_eq!(server.get("/health/live").status, 200);
    assert_eq!(server.stop().code(), Some(0), "{}", server.log());
}

#[test]
fn pending_migrations_refuse_a_release() {
    let folder = Folder::fresh().env("ROCKET_PROFILE", "release");
    let ran = folder.run(&["serve"]).expect(1);
    assert!(ran.stderr.contains("shardwright migration run"), "{ran:?}");
    assert!(ran.stderr.contains("shard-0"), "{ran:?}");
    let listed = folder.run(&["migration", "list"]).expect(0).stdout;
    assert_eq!(listed.matches("pending").count(), 6, "nothing was applied: {listed}");

    folder.run(&["migration", "run"]).expect(0);
    let mut server = folder.serve();
    assert_eq!(server.get("/health/ready").status, 200, "{}", server.log());
    assert_eq!(server.stop().code(), Some(0), "{}", server.log());
}

/// One shard is behind the others, as after a run that one of them missed.
#[test]
fn one_shard_behind_refuses_a_release() {
    let folder = Folder::fresh().env("ROCKET_PROFILE", "release");
    folder.run(&["migration", "run"]).expect(0);
    std::fs::remove_file(folder.path().join("data/shard-1.db")).expect("it was made");
    let ran = folder.run(&["serve"]).expect(1);
    assert!(ran.stderr.contains("shard-1"), "{ran:?}");
    assert!(!ran.stderr.contains("shard-0") && !ran.stderr.contains("shard-2"), "{ran:?}");
}

#[test]
fn more_connections_than_threads_are_a_configuration_error() {
    let folder = Folder::fresh().env("ROCKET_MAX_BLOCKING", "10");
    let ran = folder.run(&["serve"]).expect(2);
    assert!(ran.stderr.contains("max_blocking") && ran.stderr.contains("24"), "{ran:?}");
}

#[test]
fn no_more_threads_are_needed_than_connections_altogether() {
    let folder = Folder::fresh().env("ROCKET_MAX_BLOCKING", "10");
    let folder = folder.env("ROCKET_SHARDING", "{max_total=10}");
    folder.run(&["config", "check"]).expect(0);
    let ran = folder.env("ROCKET_SHARDING", "{max_total=11}").run(&["serve"]).expect(2);
    assert!(ran.stderr.contains("at least 11") && ran.stderr.contains("max_total"), "{ran:?}");
}
