//! An example that serves, as a process of its own.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use super::program;
use crate::process::until;

/// More than it takes to start on a machine that is not itself frozen.
const PATIENCE: Duration = Duration::from_secs(60);

/// Killed when dropped.
#[derive(Debug)]
pub(super) struct App {
    child: Child,
    url: String,
    agent: ureq::Agent,
    folder: TempDir,
}

/// An answer.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) shard: Option<String>,
    pub(super) text: String,
}

impl App {
    /// Starts an example over databases of its own, with its own configuration.
    pub(super) fn start(example: &str) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples").join(example);
        std::fs::copy(own.join("Rocket.toml"), folder.path().join("Rocket.toml"))
            .expect("the example has a configuration");
        Self::over(example, folder)
    }

    /// The same over databases that there are.
    pub(super) fn over(example: &str, folder: TempDir) -> Self {
        let mut child = command(example, folder.path()).spawn().expect("it can be started");
        let lines = BufReader::new(child.stdout.take().expect("it was piped")).lines();
        let (announce, announced) = mpsc::channel();
        // Read on, lest it blocks on a full pipe.
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, address)) = line.split_once("launched from http://") {
                    // A test that gave up listens no more.
                    let _ = announce.send(format!("http://{}", address.trim()));
                }
            }
        });
        let url = announced.recv_timeout(PATIENCE).expect("it launches");
        let config = ureq::Agent::config_builder().http_status_as_error(false);
        let agent = config.timeout_global(Some(PATIENCE)).build().into();
        Self { child, url, agent, folder }
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        read(self.agent.get(format!("{}{path}", self.url)).call())
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Answer {
        read(self.agent.post(format!("{}{path}", self.url)).send(body))
    }

    pub(super) fn put(&self, path: &str, body: &str) -> Answer {
        read(self.agent.put(format!("{}{path}", self.url)).send(body))
    }

    /// Tells it to stop and waits for the end.
    pub(super) fn stop(mut self) -> (ExitStatus, TempDir) {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).expect("it is our child, and running");
        let mut status = None;
        until("the example has stopped", || {
            status = self.child.try_wait().expect("it is our child");
            status.is_some()
        });
        let folder = tempfile::tempdir().expect("a temporary folder");
        (status.expect("it has ended"), std::mem::replace(&mut self.folder, folder))
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Answer {
    pub(super) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|why| panic!("{why}: {self:?}"))
    }
}

/// The example as a process that has yet to start.
pub(super) fn command(example: &str, folder: &Path) -> Command {
    let mut command = Command::new(program(example));
    command
        .env_clear()
        .env("ROCKET_CONFIG", folder.join("Rocket.toml"))
        .env("ROCKET_PORT", "0")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn read(answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Answer {
    let mut answer = answer.expect("it answers");
    let shard = answer.headers().get("X-Shard");
    let shard = shard.map(|shard| shard.to_str().expect("a name").to_owned());
    let text = answer.body_mut().read_to_string().expect("it answers in text");
    Answer { status: answer.status().as_u16(), shard, text }
}
