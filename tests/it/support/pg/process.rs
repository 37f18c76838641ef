//! The processes of one server: finding them and sending them signals.
//!
//! A process group will not do, since every backend calls `setsid`; neither will the postmaster's
//! children, which belong to nobody known once it is dead and, if frozen, never notice that it is.
//! Their titles tell: `postgres: <cluster_name>: checkpointer`.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use super::poll;

/// More than any of this takes on a machine that is not itself frozen.
const LIMIT: Duration = Duration::from_secs(20);

/// A postmaster and everything it forked.
#[derive(Debug)]
pub(super) struct Family {
    /// How the title of each child begins.
    title: Vec<u8>,
    /// What the postmaster's command line says, and a child's until it has set its title.
    data: PathBuf,
}

impl Family {
    /// The family of the server whose run directory this is.
    pub(super) fn of(run_dir: &Path) -> Family {
        let name = run_dir.file_name().expect("run directories have names").to_string_lossy();
        Family { title: format!("postgres: {name}: ").into_bytes(), data: run_dir.join("data") }
    }

    /// The living, postmaster first. A dead process nobody has waited for has no command line.
    pub(super) fn pids(&self) -> Vec<u32> {
        let mut members: Vec<(bool, u32)> = fs::read_dir("/proc")
            .expect("/proc is there")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
            .filter_map(|pid: u32| {
                let line = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
                let child = line.starts_with(&self.title);
                (child || self.is_postmaster(&line)).then_some((child, pid))
            })
            .collect();
        members.sort_unstable();
        members.into_iter().map(|(_, pid)| pid).collect()
    }

    /// Kills all of them; says whether they are gone within the limit, files and sockets closed.
    ///
    /// The postmaster goes first and forks no more, so that the next look finds whoever was missed.
    pub(super) fn kill(&self) -> bool {
        let mut victims = Vec::new();
        poll::until(LIMIT, || {
            let alive = self.pids();
            alive.iter().for_each(|&pid| signal(pid, Signal::KILL));
            victims.extend_from_slice(&alive);
            alive.is_empty() && victims.iter().all(|&pid| matches!(state(pid), None | Some(b'Z')))
        })
    }

    /// Stops all of them where they are; says whether they were within the limit.
    ///
    /// A signal takes effect some time after it was sent, and the postmaster may fork until then.
    /// So all must be found stopped twice: the second look began after the postmaster had stopped.
    pub(super) fn freeze(&self) -> bool {
        let mut looks = 0;
        poll::until(LIMIT, || {
            let moving: Vec<u32> =
                self.pids().into_iter().filter(|&pid| state(pid) != Some(b'T')).collect();
            moving.iter().for_each(|&pid| signal(pid, Signal::STOP));
            looks = if moving.is_empty() { looks + 1 } else { 0 };
            looks == 2
        })
    }

    /// Lets all of them go on.
    pub(super) fn thaw(&self) {
        self.pids().into_iter().for_each(|pid| signal(pid, Signal::CONT));
    }

    /// `postgres -D <data> …`
    fn is_postmaster(&self, command_line: &[u8]) -> bool {
        let mut arguments = command_line.split(|&byte| byte == 0).skip(1);
        arguments.next() == Some(b"-D")
            && arguments.next() == Some(self.data.as_os_str().as_encoded_bytes())
    }
}

/// Sends a signal; a process that has gone meanwhile needs none.
pub(super) fn signal(pid: u32, signal: Signal) {
    let pid = i32::try_from(pid).ok().and_then(Pid::from_raw).expect("a pid is a positive i32");
    let _ = kill_process(pid, signal);
}

/// The letter in `/proc/<pid>/stat`, after a command name that may hold anything.
pub(super) fn state(pid: u32) -> Option<u8> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    let name_end = stat.iter().rposition(|&byte| byte == b')')?;
    stat.get(name_end + 2).copied()
}
