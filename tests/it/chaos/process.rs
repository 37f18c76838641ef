//! What a process holds, as the kernel counts it.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::pass;

/// How many threads it has.
pub(super) fn threads(pid: u32) -> usize {
    status(pid, "Threads:")
}

/// How much memory of it is resident, in kB.
pub(super) fn memory(pid: u32) -> usize {
    status(pid, "VmRSS:")
}

/// The most threads it has at any time while `act` runs, beside what `act` gives.
pub(super) fn most_threads<T>(pid: u32, act: impl FnOnce() -> T) -> (usize, T) {
    /// Ends the counting, also when `act` panics.
    struct Over<'a>(&'a AtomicBool);
    impl Drop for Over<'_> {
        fn drop(&mut self) {
            self.0.store(true, Ordering::Relaxed);
        }
    }
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let counting = scope.spawn(|| {
            let mut most = 0;
            while !over.load(Ordering::Relaxed) {
                most = most.max(threads(pid));
                pass(Duration::from_millis(20));
            }
            most
        });
        let end = Over(&over);
        let given = act();
        drop(end);
        (counting.join().expect("the process is there"), given)
    })
}

fn status(pid: u32, name: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("all have it");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

#[test]
fn threads_and_memory_are_counted() {
    let own = std::process::id();
    let (most, ()) = most_threads(own, || {
        let (now, stop) = (threads(own), AtomicBool::new(false));
        std::thread::scope(|scope| {
            scope.spawn(|| {
                while !stop.load(Ordering::Relaxed) {
                    pass(Duration::from_millis(1))
                }
            });
            crate::process::until("it is counted", || threads(own) > now);
            pass(Duration::from_millis(60));
            stop.store(true, Ordering::Relaxed);
        });
    });
    assert!(most >= 3, "this one, the one that counts and the one that waited, not {most}");
    assert!(memory(own) > 1000, "{} kB", memory(own));
}
