//! Starting the postmaster and waiting until it takes connections.

use std::fs::{self, File};
use std::process::{Child, ExitStatus, Stdio};
use std::time::Duration;

use super::harness::Harness;
use super::poll;
use super::run_dir::RunDir;

/// Long enough for a crash recovery on a busy machine.
const READY_LIMIT: Duration = Duration::from_secs(30);

/// Why a server is not there.
#[derive(Debug)]
pub(super) enum Failure {
    /// Somebody else listens on its port.
    PortTaken,
    /// Anything else, with the end of the log.
    Other(String),
}

/// Starts a server on the data in `run`; returns once it is ready.
pub(super) fn launch(run: &RunDir, port: u16) -> Result<Child, Failure> {
    let Harness { account, binaries, .. } = Harness::get();
    let log = File::create(run.log()).expect("the directory is ours");
    let mut child = account
        .command(&binaries.program("postgres"))
        .arg("-D")
        .arg(run.data())
        .args(["-p", &port.to_string()])
        .current_dir(run.path())
        .stdin(Stdio::null())
        .stdout(log.try_clone().expect("a file can be opened twice"))
        .stderr(log)
        .spawn()
        .expect("postgres can be executed");
    let mut exited = None;
    poll::until(READY_LIMIT, || {
        exited = child.try_wait().expect("the child is ours");
        exited.is_some() || is_ready(run, child.id())
    });
    if exited.is_none() && is_ready(run, child.id()) {
        return Ok(child);
    }
    let _ = child.kill();
    run.family().kill();
    let _ = child.wait();
    Err(explain(run, exited))
}

/// The eighth line of `postmaster.pid` says so, in the file of this server rather than of the one
/// that was killed here before.
fn is_ready(run: &RunDir, pid: u32) -> bool {
    let pid_file = fs::read_to_string(run.data().join("postmaster.pid")).unwrap_or_default();
    let mut lines = pid_file.lines();
    lines.next() == Some(pid.to_string().as_str()) && lines.nth(6).map(str::trim) == Some("ready")
}

fn explain(run: &RunDir, exited: Option<ExitStatus>) -> Failure {
    let log = run.log_tail();
    match exited {
        Some(_) if log.contains("could not create any TCP/IP sockets") => Failure::PortTaken,
        Some(status) => Failure::Other(format!("it ended with {status}; its log:\n{log}")),
        None => Failure::Other(format!("not ready after {READY_LIMIT:?}; its log:\n{log}")),
    }
}
