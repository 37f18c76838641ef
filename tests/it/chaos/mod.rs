//! A dead, slow or frozen shard hurts nobody but its own keys: one file a fault, three real servers
//! under load each time.
//!
//! A [`stage`](stage::Stage) has the servers and the service in a process of its own; a
//! [`run`](run::Run) of it is a load, a fault on shard-1 and the time after; a
//! [`verdict`](verdict::Verdict) says what it must have shown. How long, how strict and where the
//! results go is up to the environment: see [`settings`].

mod absent;
mod exhausted;
mod frozen;
mod killed;
mod locked;
mod owed;
mod pairs;
mod process;
mod restarting;
mod run;
mod settings;
mod stage;
mod summary;
mod swallowed;
mod verdict;
mod warm;

use std::time::Duration;

/// The shard that suffers, of [`SHARDS`].
const VICTIM: usize = 1;
/// How many there are.
const SHARDS: usize = 3;
/// The service's deadline for a request.
const DEADLINE: Duration = Duration::from_secs(2);
/// What a machine that does much else at the same time may add to any wait.
const SLACK: Duration = Duration::from_secs(1);
/// Connections to a shard, and so threads that may wait for it.
const POOL: usize = 4;

/// Lets time go by: a fault, and the load before and after it, lasts as long as it lasts.
#[expect(clippy::disallowed_methods, reason = "nothing is waited for; time itself is wanted")]
fn pass(time: Duration) {
    std::thread::sleep(time);
}
