//! A deployer as a process: watched line by line, interrupted, killed.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::LIMIT;

/// A process under way.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    lines: Receiver<String>,
    err: String,
    out: Option<JoinHandle<String>>,
}

/// What a process left.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; none if a signal ended it.
    pub(crate) code: Option<i32>,
    /// The signal that ended it.
    pub(crate) signal: Option<i32>,
    /// All of standard output.
    pub(crate) out: String,
    /// All of standard error.
    pub(crate) err: String,
}

impl Running {
    pub(crate) fn start(mut command: Command) -> Running {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary can be run");
        let mut stdout = child.stdout.take().expect("it is piped");
        let stderr = BufReader::new(child.stderr.take().expect("it is piped"));
        let (send, lines) = channel();
        thread::spawn(move || {
            stderr.lines().map_while(Result::ok).try_for_each(|line| send.send(line))
        });
        let out = thread::spawn(move || {
            let mut out = String::new();
            stdout.read_to_string(&mut out).expect("its output is UTF-8");
            out
        });
        Running { child, lines, err: String::new(), out: Some(out) }
    }

    /// The next line of standard error that holds this text; none if the process ends without it.
    pub(crate) fn line(&mut self, text: &str) -> Option<String> {
        let deadline = Instant::now() + LIMIT;
        loop {
            let patience = deadline.saturating_duration_since(Instant::now());
            let line = self.lines.recv_timeout(patience);
            if let Ok(line) = line {
                self.err.push_str(&line);
                self.err.push('\n');
                if line.contains(text) {
                    return Some(line);
                }
            } else {
                assert!(Instant::now() < deadline, "no {text:?} in {LIMIT:?}:\n{}", self.err);
                return None;
            }
        }
    }

    /// Waits until it says this on standard error.
    #[track_caller]
    pub(crate) fn says(&mut self, text: &str) -> &mut Running {
        assert!(self.line(text).is_some(), "it ended without {text:?}:\n{}", self.err);
        self
    }

    /// Whether it has not ended.
    pub(crate) fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("it is our child").is_none()
    }

    /// Reads on for so long; says whether it still runs then.
    pub(crate) fn runs_for(&mut self, time: Duration) -> bool {
        let deadline = Instant::now() + time;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            match self.lines.recv_timeout(left) {
                Ok(line) => {
                    self.err.push_str(&line);
                    self.err.push('\n');
                }
                Err(_) => return self.is_running(),
            }
        }
    }

    /// Sends Ctrl-C.
    pub(crate) fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.expect("a pid is a positive i32"), signal).expect("it runs");
    }

    /// Kills it where it stands.
    pub(crate) fn kill(mut self) -> Ended {
        self.strike();
        self.end()
    }

    /// The same, with its end to be waited for later.
    pub(crate) fn strike(&mut self) {
        self.child.kill().expect("it is our child");
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        // Standard error ends with the process.
        while self.line("").is_some() {}
        let out = self.out.take().expect("only the end takes it");
        let out = out.join().expect("its output is UTF-8");
        let status = self.child.wait().expect("it is our child");
        let err = std::mem::take(&mut self.err);
        Ended { code: status.code(), signal: status.signal(), out, err }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// The same, if it ended with this exit code.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Ended {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// The same, if its report on standard output holds all these texts.
    #[track_caller]
    pub(crate) fn reports(self, texts: &[&str]) -> Ended {
        texts.iter().for_each(|text| assert!(self.out.contains(text), "no {text:?}\n{self}"));
        self
    }

    /// The same, if it complains of this on standard error.
    #[track_caller]
    pub(crate) fn complains(self, text: &str) -> Ended {
        assert!(self.err.contains(text), "no {text:?}\n{self}");
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|why| panic!("{why}\n{self}"))
    }
}

impl std::fmt::Display for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Ended { code, signal, out, err } = self;
        write!(f, "exit code {code:?}, signal {signal:?}\nout:\n{out}\nerr:\n{err}")
    }
}
