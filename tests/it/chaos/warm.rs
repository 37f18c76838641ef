//! What the service holds when it is warm, and may hold again when a fault is over.

use std::time::Duration;

use super::stage::Stage;
use super::{POOL, SHARDS, pass, process};
use crate::process::until;
use crate::support::chaos::{Onlooker, lock_table};
use crate::support::load::PACE;

/// What the service holds when it is warm.
#[derive(Debug, Clone, Copy)]
pub(super) struct Census {
    /// As many as there are turns, and those that are always there.
    pub(super) threads: usize,
    /// Connections to all shards.
    pub(super) sessions: usize,
    /// Resident memory in kB.
    pub(super) memory: usize,
}

impl Stage {
    /// What the service holds at present.
    pub(super) fn census(&self) -> Census {
        let pid = self.service().pid();
        let sessions = |shard| Onlooker::at(self.cluster.server(shard)).sessions();
        Census {
            threads: process::threads(pid),
            sessions: (0..SHARDS).map(sessions).sum(),
            memory: process::memory(pid),
        }
    }

    /// Has the service open all the connections and start all the threads it may have, by holding
    /// up as many requests on each shard as there are turns; then some seconds' worth of ordinary
    /// load, for the allocator's sake.
    pub(super) fn warm_up(&mut self) {
        let census = std::thread::scope(|scope| {
            let locks: Vec<_> =
                (0..SHARDS).map(|i| lock_table(self.cluster.server(i), "orders")).collect();
            let service = self.service();
            for shard in 0..SHARDS {
                let home = self.homes.iter().find(|home| home.shard == shard);
                let path = format!("/orders/{}", home.expect("each shard has some").tenant);
                for _ in 0..POOL {
                    let path = path.clone();
                    scope.spawn(move || service.get(&path));
                }
            }
            for shard in 0..SHARDS {
                let mut onlooker = Onlooker::at(self.cluster.server(shard));
                until("every turn of the shard is taken", || onlooker.waiting() == POOL);
            }
            let census = self.census();
            drop(locks);
            census
        });
        let load = self.load_at(PACE / 4);
        let (strain, ()) = process::strain(self.service().pid(), || pass(Duration::from_secs(2)));
        let memory = process::memory(self.service().pid());
        self.ledger.merge(load.stop().1);
        self.peak = strain.threads.max(census.threads);
        self.warm = Census { memory, ..census };
    }
}
