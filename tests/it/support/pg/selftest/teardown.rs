//! Whatever ends a test, nothing stays: no process, no directory, no memory segment.

use std::os::unix::process::ExitStatusExt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, process, thread};

use rustix::process::Signal;

use super::super::harness::Harness;
use super::super::process::{Family, signal};
use super::super::{PgServer, poll, sweep};
use super::{SOON, ask};

fn run_dir(server: &PgServer) -> PathBuf {
    server.data_dir().parent().expect("the data directory is in the run directory").to_owned()
}

/// The ids of System V segments made by `pid`.
fn segments_of(pid: u32) -> Vec<String> {
    let segments = fs::read_to_string("/proc/sysvipc/shm").expect("/proc is there");
    let fields = segments.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    fields.filter(|f| f[4] == pid.to_string()).map(|f| f[1].to_owned()).collect()
}

/// What a dropped server must not leave, whatever was done to it before.
fn assert_gone_after(misuse: impl FnOnce(&PgServer)) {
    let server = PgServer::start();
    let (dir, postmaster) = (run_dir(&server), server.processes()[0]);
    misuse(&server);
    drop(server);
    assert_eq!(Family::of(&dir).pids(), [0; 0]);
    assert!(!dir.exists(), "{}", dir.display());
    // Removed, but there until the last process that was attached has fully exited.
    assert!(poll::until(SOON, || segments_of(postmaster).is_empty()));
}

#[test]
fn a_dropped_server_leaves_nothing() {
    assert_gone_after(|server| assert_eq!(segments_of(server.processes()[0]).len(), 1));
}

#[test]
fn a_frozen_server_is_torn_down_at_once() {
    let frozen = Instant::now();
    assert_gone_after(PgServer::freeze);
    assert!(frozen.elapsed() < Duration::from_secs(5), "{:?}", frozen.elapsed());
}

#[test]
fn frozen_processes_without_a_postmaster_are_torn_down() {
    assert_gone_after(freeze_and_orphan);
}

#[test]
fn a_killed_server_leaves_nothing() {
    assert_gone_after(PgServer::kill);
}

/// Nobody's children now, and unable to notice it: such processes would stay for ever.
fn freeze_and_orphan(server: &PgServer) {
    server.freeze();
    let members = server.processes();
    signal(members[0], Signal::KILL);
    assert!(poll::until(SOON, || server.processes() == members[1..]));
}

#[test]
fn a_panic_tears_down() {
    let mut seen = None;
    let panic = catch_unwind(AssertUnwindSafe(|| {
        let server = PgServer::start();
        seen = Some(run_dir(&server));
        panic!("a test fails");
    }));
    assert_eq!(panic.expect_err("it panics").downcast_ref(), Some(&"a test fails"));
    let dir = seen.expect("the server had started");
    assert_eq!(Family::of(&dir).pids(), [0; 0]);
    assert!(!dir.exists());
}

#[test]
fn a_sweep_leaves_the_living_alone() {
    let server = PgServer::start();
    let members = server.processes();
    let Harness { account, base, .. } = Harness::get();
    thread::scope(|scope| {
        (0..4).for_each(|_| drop(scope.spawn(|| sweep::sweep(base, *account))));
    });
    assert!(members.iter().all(|pid| server.processes().contains(pid)));
    assert_eq!(ask(&server, "SELECT 1"), "1");
}

/// Tells [`die_with_servers`] where to write down what it leaves.
const TESTAMENT: &str = "SHARDWRIGHT_TEST_TESTAMENT";

#[test]
fn what_a_killed_test_run_leaves_is_swept() {
    let testament = tempfile::NamedTempFile::new().expect("a temporary file");
    let (_, module) = module_path!().split_once("::").expect("a module of the test crate");
    let status = Command::new(env::current_exe().expect("this test runs"))
        .args(["--exact", &format!("{module}::die_with_servers"), "--ignored"])
        .env(TESTAMENT, testament.path())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .expect("this test can be run");
    assert_eq!(status.signal(), Some(Signal::KILL.as_raw()));
    let testament = fs::read_to_string(testament.path()).expect("it was written");
    let dirs: Vec<&Path> = testament.lines().map(Path::new).collect();
    assert_eq!(dirs.len(), 2);

    let Harness { account, base, .. } = Harness::get();
    sweep::sweep(base, *account);
    // Another test process may have been quicker, and still be at it.
    let gone = |dir: &Path| !dir.exists() && Family::of(dir).pids().is_empty();
    assert!(poll::until(SOON, || dirs.iter().all(|dir| gone(dir))), "{dirs:?}");
}

/// The worst end of a test run: one server goes on, and another is beyond going or ending.
#[test]
#[ignore = "is run by what_a_killed_test_run_leaves_is_swept"]
fn die_with_servers() {
    let Some(testament) = env::var_os(TESTAMENT) else { return };
    let servers = PgServer::start_many(2);
    freeze_and_orphan(&servers[1]);
    let dirs: Vec<String> = servers.iter().map(|s| run_dir(s).display().to_string()).collect();
    fs::write(testament, dirs.join("\n")).expect("the file is there");
    signal(process::id(), Signal::KILL);
    unreachable!("SIGKILL cannot be survived");
}
