//! A running service.

use std::io::{BufRead, BufReader};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus};
use std::sync::mpsc::{self, Receiver};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{Folder, poll};

/// `shardwright serve` on a port of its own; killed when dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    log: Arc<Mutex<String>>,
    url: String,
    agent: ureq::Agent,
}

/// A status and a JSON body.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) json: Value,
    pub(crate) text: String,
}

impl Server {
    /// Starts the program without waiting for anything.
    pub(crate) fn spawn(folder: &Folder) -> Starting {
        Server::run(folder.command(&["serve"]))
    }

    /// The same by a command that leads to it.
    pub(crate) fn run(mut command: Command) -> Starting {
        let mut child = command.env("ROCKET_PORT", "0").spawn().expect("it can be started");
        let log = Arc::new(Mutex::new(String::new()));
        let (announce, announced) = mpsc::channel();
        let lines = BufReader::new(child.stderr.take().expect("it was piped")).lines();
        std::thread::spawn({
            let log = Arc::clone(&log);
            move || {
                for line in lines.map_while(Result::ok) {
                    if let Some((_, address)) = line.split_once(" on http://") {
                        // The rest of a line of JSON.
                        let address = address.split('"').next().unwrap_or_default();
                        // A test that gave up listens no more.
                        let _ = announce.send(format!("http://{address}"));
                    }
                    let mut log = log.lock().unwrap_or_else(PoisonError::into_inner);
                    log.push_str(&line);
                    log.push('\n');
                }
            }
        });
        Starting { child, log, announced }
    }

    #[track_caller]
    pub(super) fn start(folder: &Folder) -> Server {
        Server::spawn(folder).ready()
    }

    /// The program's process.
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Where it listens, as `host:port`.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// `GET`, answered one way or the other.
    #[track_caller]
    pub(crate) fn get(&self, path: &str) -> Answer {
        let answer = self.agent.get(format!("{}{path}", self.url)).call();
        read(answer).unwrap_or_else(|why| panic!("GET {path}: {why}; its log:\n{}", self.log()))
    }

    /// `POST`, answered one way or the other.
    #[track_caller]
    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        let answer = self.agent.post(format!("{}{path}", self.url)).send_json(body);
        read(answer).unwrap_or_else(|why| panic!("POST {path}: {why}; its log:\n{}", self.log()))
    }

    /// `GET` with one more header.
    #[track_caller]
    pub(crate) fn get_with(&self, path: &str, header: (&str, &str)) -> Answer {
        let request = self.agent.get(format!("{}{path}", self.url)).header(header.0, header.1);
        let answer = request.call();
        read(answer).unwrap_or_else(|why| panic!("GET {path}: {why}; its log:\n{}", self.log()))
    }

    /// `POST` with one more header.
    #[track_caller]
    pub(crate) fn post_with(&self, path: &str, header: (&str, &str), body: &Value) -> Answer {
        let request = self.agent.post(format!("{}{path}", self.url)).header(header.0, header.1);
        let answer = request.send_json(body);
        read(answer).unwrap_or_else(|why| panic!("POST {path}: {why}; its log:\n{}", self.log()))
    }

    /// Whether it takes new connections.
    pub(crate) fn listens(&self) -> bool {
        let address = self.url.strip_prefix("http://").expect("that is how it announces itself");
        TcpStream::connect(address).is_ok()
    }

    /// Tells it to stop, as `docker stop` would, and waits for the end.
    #[track_caller]
    pub(crate) fn stop(&mut self) -> ExitStatus {
        self.terminate();
        self.end()
    }

    /// Tells it to stop.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw).expect("a pid");
        kill_process(pid, signal).expect("it is our child, and running");
    }

    /// Waits for the end.
    #[track_caller]
    pub(crate) fn end(&mut self) -> ExitStatus {
        let mut status = None;
        poll::until("the service has stopped", || {
            status = self.child.try_wait().expect("it is our child");
            status.is_some()
        });
        status.expect("it has ended")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A service that may not take requests yet.
#[derive(Debug)]
pub(crate) struct Starting {
    child: Child,
    log: Arc<Mutex<String>>,
    announced: Receiver<String>,
}

impl Starting {
    /// Whether it takes requests within that time. Such a moment is told of once.
    pub(crate) fn is_ready_within(&self, time: Duration) -> bool {
        self.announced.recv_timeout(time).is_ok()
    }

    /// Waits until it takes requests.
    #[track_caller]
    pub(crate) fn ready(self) -> Server {
        let Starting { mut child, log, announced } = self;
        let Ok(url) = announced.recv_timeout(poll::LIMIT) else {
            let _ = child.kill();
            let status = child.wait();
            let log = log.lock().unwrap_or_else(PoisonError::into_inner);
            panic!("the service did not come up ({status:?}); its log:\n{log}");
        };
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(60)))
            .build();
        Server { child, log, url, agent: config.into() }
    }
}

fn read(
    answer: Result<ureq::http::Response<ureq::Body>, ureq::Error>,
) -> Result<Answer, ureq::Error> {
    let mut answer = answer?;
    let status = answer.status().as_u16();
    let text = answer.body_mut().read_to_string()?;
    Ok(Answer { status, json: serde_json::from_str(&text).unwrap_or_default(), text })
}
