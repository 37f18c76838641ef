//! What a process holds, as the kernel counts it.

use std::collections::HashMap;
use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::pass;

/// From so long a wait for one socket on, a thread is held up rather than served.
pub(super) const HELD: Duration = Duration::from_millis(500);

/// What a fault does to the threads of a process.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Strain {
    /// The most there were at any time.
    pub(super) threads: usize,
    /// The most that were held up by some server at any time.
    pub(super) held: usize,
}

/// How many threads it has.
pub(super) fn threads(pid: u32) -> usize {
    status(pid, "Threads:")
}

/// How much memory of it is resident, in kB.
pub(super) fn memory(pid: u32) -> usize {
    status(pid, "VmRSS:")
}

/// Watches the threads of a process while `act` runs.
pub(super) fn strain<T>(pid: u32, act: impl FnOnce() -> T) -> (Strain, T) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let watching = scope.spawn(|| {
            let (mut strain, mut waits) = (Strain::default(), HashMap::new());
            while !over.load(Ordering::Relaxed) {
                let (threads, held) = look(pid, &mut waits);
                strain.threads = strain.threads.max(threads);
                strain.held = strain.held.max(held);
                pass(Duration::from_millis(25));
            }
            strain
        });
        let end = Over(&over);
        let given = act();
        drop(end);
        (watching.join().expect("the process is there"), given)
    })
}

/// Ends the watch, also when what is watched panics.
struct Over<'a>(&'a AtomicBool);

impl Drop for Over<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// How many threads there are, and how many of them were found waiting for a socket every time for
/// [`HELD`]. `waits` remembers since when.
fn look(pid: u32, waits: &mut HashMap<String, Instant>) -> (usize, usize) {
    let tasks = fs::read_dir(format!("/proc/{pid}/task")).expect("it runs").flatten();
    let threads: Vec<_> = tasks.filter_map(|t| t.file_name().into_string().ok()).collect();
    let (now, before) = (Instant::now(), std::mem::take(waits));
    for thread in threads.iter().filter(|thread| is_polling(pid, thread)) {
        waits.insert(thread.clone(), *before.get(thread).unwrap_or(&now));
    }
    (threads.len(), waits.values().filter(|since| now - **since >= HELD).count())
}

/// Whether a thread is in `poll`, which is how libpq waits, while idle threads wait for a lock and
/// the runtime's own in `epoll_wait`.
fn is_polling(pid: u32, thread: &str) -> bool {
    let poll: &[&str] = if cfg!(target_arch = "x86_64") { &["7", "271"] } else { &["73"] };
    let call = fs::read_to_string(format!("/proc/{pid}/task/{thread}/syscall"));
    call.is_ok_and(|call| call.split(' ').next().is_some_and(|number| poll.contains(&number)))
}

fn status(pid: u32, name: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("all have it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::support::chaos::{Onlooker, freeze};
    use crate::support::pg::PgServer;

    #[test]
    fn threads_held_by_a_server_are_told_from_idle_ones() {
        let server = PgServer::start();
        let own = std::process::id();
        let act = |frozen: bool| {
            let mut onlookers: Vec<_> = (0..2).map(|_| Onlooker::at(&server)).collect();
            let fault = frozen.then(|| freeze(&server));
            let (strain, ()) = strain(own, || {
                std::thread::scope(|scope| {
                    for onlooker in &mut onlookers {
                        scope.spawn(|| onlooker.sessions());
                    }
                    pass(2 * HELD);
                    drop(fault);
                });
            });
            strain
        };
        let (idle, frozen) = (act(false), act(true));
        assert_eq!((idle.held, frozen.held), (0, 2));
        assert!(frozen.threads >= 4, "{frozen:?}");
    }

    #[test]
    fn memory_is_told() {
        assert!(memory(std::process::id()) > 1000);
    }
}
