//! One running PostgreSQL, and what can be done to it.

use std::path::PathBuf;
use std::process::Child;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use std::{panic, thread};

use rustix::process::Signal;

use super::builder::Builder;
use super::harness::Harness;
use super::launch::{Failure, launch};
use super::port::Port;
use super::process::signal;
use super::run_dir::RunDir;
use super::{poll, shm};

/// Fast shutdown writes a checkpoint first.
const STOP_LIMIT: Duration = Duration::from_secs(30);
/// An immediate shutdown kills, after five seconds, the backends that did not go by themselves.
const QUIT_LIMIT: Duration = Duration::from_secs(6);

/// A PostgreSQL server of one test, listening on a port of 127.0.0.1 that it keeps until dropped.
///
/// The superuser `postgres` needs no password. Everything takes `&self`, so that a test may kill a
/// server from one thread while others use it.
#[derive(Debug)]
pub(crate) struct PgServer {
    /// `None` while it is down.
    postmaster: Mutex<Option<Child>>,
    run: RunDir,
    port: Port,
}

impl PgServer {
    /// Starts a server of the usual kind and waits until it is ready.
    pub(crate) fn start() -> PgServer {
        PgServer::builder().start()
    }

    /// Starts `n` of them side by side.
    pub(crate) fn start_many(n: usize) -> Vec<PgServer> {
        PgServer::start_many_by(n, PgServer::start)
    }

    /// Starts `n` of a special kind side by side.
    pub(crate) fn start_many_by(n: usize, start: impl Fn() -> PgServer + Sync) -> Vec<PgServer> {
        thread::scope(|scope| {
            let starting: Vec<_> = (0..n).map(|_| scope.spawn(&start)).collect();
            let join = |server: thread::ScopedJoinHandle<'_, _>| {
                server.join().unwrap_or_else(|why| panic::resume_unwind(why))
            };
            starting.into_iter().map(join).collect()
        })
    }

    /// For a server of a special kind.
    pub(crate) fn builder() -> Builder {
        Builder::default()
    }

    pub(super) fn new(run: RunDir, port: Port, postmaster: Child) -> PgServer {
        PgServer { postmaster: Mutex::new(Some(postmaster)), run, port }
    }

    /// `postgres://postgres@127.0.0.1:PORT/postgres`
    pub(crate) fn url(&self) -> String {
        self.url_for("postgres", "postgres")
    }

    /// The URL for another user, given as `user` or `user:password`, and database.
    pub(crate) fn url_for(&self, user_and_password: &str, database: &str) -> String {
        format!("postgres://{user_and_password}@127.0.0.1:{}/{database}", self.port())
    }

    /// The port, also while the server is down.
    pub(crate) fn port(&self) -> u16 {
        self.port.number()
    }

    /// PostgreSQL's data directory.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.run.data()
    }

    /// The server's living processes, postmaster first.
    pub(crate) fn processes(&self) -> Vec<u32> {
        self.run.family().pids()
    }

    /// Shuts down as an operator would (`fast`: sessions are ended, data written) and waits for the
    /// end. A frozen server is thawed for it; one that is down stays so.
    pub(crate) fn stop(&self) {
        if let Some(mut postmaster) = self.postmaster().take() {
            signal(postmaster.id(), Signal::INT);
            self.run.family().thaw();
            let stopped = ended_within(STOP_LIMIT, &mut postmaster);
            assert!(stopped, "PostgreSQL did not stop; its log:\n{}", self.run.log_tail());
        }
    }

    /// Starts a server that is down, on its old port and data, and waits until it is ready.
    ///
    /// # Panics
    /// When it is not down, or does not start.
    pub(crate) fn start_again(&self) {
        let mut postmaster = self.postmaster();
        assert!(postmaster.is_none(), "start_again is for a server that was stopped or killed");
        *postmaster =
            Some(launch(&self.run, self.port()).unwrap_or_else(|failure| match failure {
                Failure::PortTaken => panic!("port {} was taken by another program", self.port()),
                Failure::Other(why) => panic!("PostgreSQL did not start again: {why}"),
            }));
    }

    /// Kills all its processes at once, as a power cut would, and waits until they are gone.
    pub(crate) fn kill(&self) {
        let postmaster = self.postmaster().take();
        assert!(self.run.family().kill(), "processes that survive SIGKILL");
        if let Some(mut postmaster) = postmaster {
            postmaster.wait().expect("the postmaster is our child");
        }
    }

    /// Makes it a server that accepts connections, since the kernel does that, and never answers.
    pub(crate) fn freeze(&self) {
        assert!(self.run.family().freeze(), "processes that do not stop on SIGSTOP");
    }

    /// Ends [`freeze`](Self::freeze).
    pub(crate) fn thaw(&self) {
        self.run.family().thaw();
    }

    /// What it has had to say since its latest start.
    pub(crate) fn log(&self) -> String {
        String::from_utf8_lossy(&std::fs::read(self.run.log()).unwrap_or_default()).into_owned()
    }

    /// A panic while this was locked is the test's failure, and must not become a second one here.
    fn postmaster(&self) -> MutexGuard<'_, Option<Child>> {
        self.postmaster.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for PgServer {
    /// Whatever state it is in, and without a panic that would hide the test's own.
    fn drop(&mut self) {
        let postmaster = self.postmaster().take();
        let family = self.run.family();
        if let Some(mut postmaster) = postmaster {
            signal(postmaster.id(), Signal::QUIT);
            family.thaw();
            if !ended_within(QUIT_LIMIT, &mut postmaster) {
                let _ = postmaster.kill();
                let _ = postmaster.wait();
            }
        }
        family.kill();
        shm::release(&self.run.data(), Harness::get().account);
    }
}

fn ended_within(limit: Duration, child: &mut Child) -> bool {
    poll::until(limit, || child.try_wait().is_ok_and(|status| status.is_some()))
}
