//! What is done to servers, as their clients see it.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;

use crate::process::until;
use crate::support::chaos::session::{Onlooker, open};
use crate::support::chaos::{How, Mode, Proxy, exhaust, freeze, kill, lock_table, restart};
use crate::support::cluster::TestCluster;
use crate::support::pg::PgServer;

#[test]
fn a_killed_server_is_back_when_the_fault_is_dropped() {
    let server = PgServer::start();
    let fault = kill(&server);
    assert!(open(&server).is_err());
    drop(fault);
    assert!(open(&server).is_ok());
}

#[test]
fn a_frozen_server_answers_nobody_until_the_fault_is_dropped() {
    let server = PgServer::start();
    let fault = freeze(&server);
    assert!(open(&server).is_err(), "the connect time-out is over");
    drop(fault);
    assert!(open(&server).is_ok());
}

#[test]
fn a_restart_ends_every_session_and_keeps_the_data() {
    let server = PgServer::start();
    for how in [How::Stopped, How::Killed] {
        let mut session = open(&server).expect("it is up");
        session
            .batch_execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
            .expect("it is up");
        restart(&server, how);
        session.batch_execute("SELECT 1").expect_err("its server is gone");
        let mut session = open(&server).expect("it is up again");
        session.batch_execute("SELECT n FROM kept").expect("it was kept");
    }
}

#[test]
fn an_exhausted_server_takes_no_one_and_ends_who_was_there() {
    let server = PgServer::builder().setting("max_connections", "8").start();
    let cluster = TestCluster::of(vec![server]);
    let mut session = cluster.connection(0);
    let mut onlooker = Onlooker::at(cluster.server(0));
    assert_eq!(onlooker.strangers(), 1);
    let fault = exhaust(cluster.server(0));
    session.batch_execute("SELECT 1").expect_err("it was ended");
    let why = open(cluster.server(0)).err().expect("there is none to spare").to_string();
    assert!(why.contains("too many clients"), "{why}");
    drop(fault);
    until("connections are given back", || open(cluster.server(0)).is_ok());
}

#[test]
fn a_locked_table_makes_statements_wait() {
    let server = PgServer::start();
    let mut session = open(&server).expect("it is up");
    session.batch_execute("CREATE TABLE orders (n int); SET lock_timeout = '300ms'").expect("up");
    let fault = lock_table(&server, "orders");
    let asked = Instant::now();
    let why = session.batch_execute("SELECT n FROM orders").expect_err("it is locked").to_string();
    assert!(why.contains("lock timeout") && asked.elapsed() >= Duration::from_millis(300), "{why}");
    drop(fault);
    session.batch_execute("SELECT n FROM orders").expect("the lock is given back");
}

#[test]
fn an_onlooker_sees_what_the_service_is_at() {
    let server = PgServer::start();
    let mut onlooker = Onlooker::at(&server);
    let mut session = open(&server).expect("it is up");
    assert_eq!((onlooker.sessions(), onlooker.busy_for(Duration::ZERO)), (0, 0));
    session.batch_execute("SET application_name = 'shardwright'").expect("it is up");
    assert_eq!((onlooker.sessions(), onlooker.busy_for(Duration::ZERO)), (1, 0));
    session.batch_execute("CREATE TABLE orders (n int)").expect("it is up");
    let fault = lock_table(&server, "orders");
    std::thread::scope(|scope| {
        let waits = scope.spawn(|| session.batch_execute("SELECT n FROM orders"));
        until("it waits", || onlooker.waiting() == 1);
        let long = Duration::from_millis(100);
        until("it has waited", || onlooker.busy_for(long) == 1);
        assert_eq!(onlooker.busy_for(Duration::from_secs(3600)), 0);
        drop(fault);
        waits.join().expect("no panic").expect("the lock is given back");
    });
    assert_eq!((onlooker.waiting(), onlooker.busy_for(Duration::ZERO)), (0, 0));
}

#[test]
fn a_server_is_reached_through_a_proxy_until_it_swallows() {
    let server = PgServer::start();
    let proxy = Proxy::before(&server);
    let through = TestCluster::of(vec![server]);
    let url = through.urls()[0].replace(&through.server(0).port().to_string(), "PORT");
    let url = url.replace("PORT", &proxy.port().to_string());
    let connect = || {
        #[expect(clippy::disallowed_methods, reason = "no session of the service is wanted here")]
        let session: diesel::ConnectionResult<diesel::PgConnection> =
            diesel::Connection::establish(&format!("{url}?connect_timeout=2"));
        session
    };
    connect().expect("it forwards").batch_execute("SELECT 1").expect("both ways");
    let fault = proxy.fail(Mode::Swallow);
    assert!(connect().is_err(), "the connect time-out is over");
    drop(fault);
    connect().expect("it forwards").batch_execute("SELECT 1").expect("both ways");
}
