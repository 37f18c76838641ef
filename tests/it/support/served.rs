//! The service as a process of its own, reached through a socket.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

use super::app::KEYSPACES;
use super::both::eventually;
use super::cluster::TestCluster;

/// How long an answer may take before the test fails rather than waits.
const PATIENCE: Duration = Duration::from_secs(20);

/// `shardwright serve` over a test's databases, killed when dropped.
#[derive(Debug)]
pub(crate) struct Served {
    process: Child,
    address: String,
    _folder: TempDir,
}

impl Served {
    /// Starts it with [`KEYSPACES`] and waits until it serves.
    pub(crate) fn start(cluster: &TestCluster) -> Served {
        Served::with(cluster, KEYSPACES)
    }

    /// Starts it with settings of its own, keyspaces among them.
    pub(crate) fn with(cluster: &TestCluster, settings: &str) -> Served {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("Rocket.toml");
        let toml = format!("[default]\nport = 0\n{}{settings}", cluster.shards_toml());
        std::fs::write(&file, toml).expect("disk has room");
        let mut process = Command::new(env!("CARGO_BIN_EXE_shardwright"))
            .arg("serve")
            .env_clear()
            .env("ROCKET_CONFIG", file)
            .env("ROCKET_PROFILE", "default")
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the binary was built");
        let mut log = BufReader::new(process.stderr.take().expect("it is piped"));
        let mut told = String::new();
        let address = loop {
            let start = told.len();
            let n = log.read_line(&mut told).expect("the log is text");
            assert!(n > 0, "the service did not start:\n{told}");
            if let Some((_, address)) = told[start..].split_once("http://") {
                break address.trim().to_owned();
            }
        };
        // Read on, lest the service blocks on a full pipe.
        thread::spawn(move || std::io::copy(&mut log, &mut std::io::sink()));
        Served { process, address, _folder: folder }
    }

    /// Where it listens.
    pub(crate) fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Ends it as a power cut would.
    pub(crate) fn kill(&mut self) {
        self.process.kill().expect("it is our child");
        self.process.wait().expect("it was killed");
    }

    /// Sends bytes and reads the answer until the service closes the connection.
    pub(crate) fn send(&self, request: &[u8]) -> String {
        let mut socket = TcpStream::connect(&self.address).expect("it listens");
        socket.set_read_timeout(Some(PATIENCE)).expect("not zero");
        socket.write_all(request).expect("it reads");
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).expect("it answers and closes");
        String::from_utf8(answer).expect("it speaks UTF-8")
    }

    /// Asks it to stop, as an operator does, and says how it ended if it did within `limit`.
    pub(crate) async fn terminate(&mut self, limit: Duration) -> Option<ExitStatus> {
        let pid = Pid::from_child(&self.process);
        kill_process(pid, Signal::TERM).expect("it is our child");
        let mut ended = None;
        eventually(limit, async || {
            ended = self.process.try_wait().expect("it is our child");
            ended.is_some()
        })
        .await;
        ended
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
