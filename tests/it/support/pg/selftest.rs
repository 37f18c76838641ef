//! Tests of the harness itself: what other tests take for granted about their servers.

mod teardown;

use std::fs;
use std::net::TcpStream;
use std::os::unix::fs::MetadataExt;
use std::panic::catch_unwind;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use super::harness::Harness;
use super::process::state;
use super::{PgServer, poll};

const SOON: Duration = Duration::from_secs(20);
const ASLEEP: &str = "SELECT pid FROM pg_stat_activity WHERE wait_event = 'PgSleep'";

fn psql(url: &str, sql: &str) -> Child {
    Command::new(Harness::get().binaries.program("psql"))
        .args(["-XAtqw", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("psql is installed with the server")
}

fn answered_within(limit: Duration, psql: &mut Child) -> bool {
    poll::until(limit, || psql.try_wait().expect("psql is our child").is_some())
}

fn answer(mut psql: Child) -> Result<String, String> {
    if !answered_within(SOON, &mut psql) {
        psql.kill().expect("psql is our child");
    }
    let output = psql.wait_with_output().expect("psql is our child");
    let text = |bytes| String::from_utf8(bytes).expect("psql speaks UTF-8").trim().to_owned();
    if output.status.success() { Ok(text(output.stdout)) } else { Err(text(output.stderr)) }
}

fn ask(server: &PgServer, sql: &str) -> String {
    answer(psql(&server.url(), sql)).unwrap_or_else(|why| panic!("{sql}: {why}"))
}

#[test]
fn three_servers_start_side_by_side_and_answer() {
    let servers = PgServer::start_many(3);
    for server in &servers {
        ask(server, &format!("CREATE TABLE mine AS SELECT {} AS port", server.port()));
    }
    for server in &servers {
        assert_eq!(ask(server, "SELECT port FROM mine"), server.port().to_string());
        assert_eq!(ask(server, "SHOW port"), server.port().to_string());
    }
}

#[test]
fn every_process_of_a_server_is_in_its_family_and_no_other() {
    let servers = PgServer::start_many(2);
    let mut sleeper = psql(&servers[0].url(), "SELECT pg_sleep(600)");
    assert!(poll::until(SOON, || !ask(&servers[0], ASLEEP).is_empty()));
    // All but the two kinds that come and go.
    let lasting = "SELECT string_agg(pid::text, ' ') FROM pg_stat_activity \
                   WHERE pid <> pg_backend_pid() AND backend_type <> 'autovacuum worker'";
    for server in &servers {
        let told = ask(server, lasting);
        let members = server.processes();
        for pid in told.split(' ') {
            assert!(members.contains(&pid.parse().expect("a pid")), "{pid} not in {members:?}");
        }
        let pid_file = fs::read_to_string(server.data_dir().join("postmaster.pid"));
        assert_eq!(pid_file.expect("it runs").lines().next(), Some(&*members[0].to_string()));
    }
    let second = servers[1].processes();
    assert!(servers[0].processes().iter().all(|pid| !second.contains(pid)));
    sleeper.kill().expect("psql is our child");
    sleeper.wait().expect("psql is our child");
}

#[test]
fn a_stopped_server_refuses_and_comes_back_with_its_port_and_data() {
    let server = PgServer::start();
    ask(&server, "CREATE TABLE kept AS SELECT 7 AS n");
    server.stop();
    assert_eq!(server.processes(), [0; 0]);
    assert!(TcpStream::connect(("127.0.0.1", server.port())).is_err());
    server.start_again();
    assert_eq!(ask(&server, "SELECT n FROM kept"), "7");
}

#[test]
fn a_killed_server_refuses_and_recovers_what_was_committed() {
    let server = PgServer::start();
    ask(&server, "CREATE TABLE kept AS SELECT generate_series(1, 5000) AS n");
    server.kill();
    assert_eq!(server.processes(), [0; 0]);
    assert!(TcpStream::connect(("127.0.0.1", server.port())).is_err());
    server.start_again();
    assert_eq!(ask(&server, "SELECT count(*) FROM kept"), "5000");
}

#[test]
fn a_frozen_server_accepts_but_answers_only_after_the_thaw() {
    let server = PgServer::start();
    server.freeze();
    TcpStream::connect(("127.0.0.1", server.port())).expect("the kernel accepts");
    let mut client = psql(&server.url(), "SELECT 'thawed'");
    assert!(!answered_within(Duration::from_millis(500), &mut client));
    server.thaw();
    assert_eq!(answer(client), Ok("thawed".to_owned()));
}

#[test]
fn freezing_reaches_every_session() {
    let server = PgServer::start();
    let mut client = psql(&server.url(), "SELECT pg_sleep(600)");
    assert!(poll::until(SOON, || !ask(&server, ASLEEP).is_empty()));
    let session: u32 = ask(&server, ASLEEP).parse().expect("a pid");
    let stopped = || server.processes().into_iter().filter(|&pid| state(pid) == Some(b'T'));
    server.freeze();
    assert!(stopped().any(|pid| pid == session));
    assert!(stopped().eq(server.processes()));
    server.thaw();
    assert!(poll::until(SOON, || stopped().next().is_none()));
    client.kill().expect("psql is our child");
    client.wait().expect("psql is our child");
}

#[test]
fn settings_access_rules_and_files_take_effect() {
    let server = PgServer::builder()
        .setting("work_mem", "7MB")
        .setting("application_name", "it's me")
        .hba("host all postgres 127.0.0.1/32 trust")
        .hba("host all all 127.0.0.1/32 scram-sha-256")
        .file("private.key", "secret")
        .start();
    ask(&server, "CREATE ROLE app LOGIN PASSWORD 'right'");
    assert_eq!(ask(&server, "SHOW work_mem"), "7MB");
    let login = |as_whom| answer(psql(&server.url_for(as_whom, "postgres"), "SELECT current_user"));
    assert_eq!(login("app:right"), Ok("app".to_owned()));
    assert!(login("app:wrong").expect_err("the rule wants it").contains("password"));
    assert_eq!(ask(&server, "SELECT pg_read_file('private.key')"), "secret");
    let key = fs::metadata(server.data_dir().join("private.key")).expect("it was put there");
    assert_eq!(key.mode() & 0o777, 0o600);
}

#[test]
fn a_server_that_cannot_start_says_why() {
    let start = || PgServer::builder().setting("shared_bufers", "1MB").start();
    let panic = catch_unwind(start).expect_err("there is no such parameter");
    let message = panic.downcast_ref::<String>().expect("panic! with a format");
    assert!(
        message.contains("unrecognized configuration parameter \"shared_bufers\""),
        "{message}"
    );
}
