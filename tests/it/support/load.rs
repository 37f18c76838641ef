//! Clients that keep the service busy at a steady pace and remember what they were told.
//!
//! 64 clients, each with a tenant of its own and a third of them on each of three shards, place,
//! read, list and change orders over keep-alive connections; see [`client`]. What they saw is a
//! [`Recording`] (every request, with its latency) and a [`Ledger`] (every write, with its
//! outcome), which is held against the databases afterwards.

mod answer;
mod audit;
mod calls;
mod client;
mod ledger;
mod record;
mod rows;
mod wire;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::watch;
use tokio::task::JoinHandle;

pub(crate) use answer::Answer;
pub(crate) use ledger::Ledger;
pub(crate) use record::{Record, Recording};

use crate::support::seed::Seed;
use client::Client;

/// As many as the contract asks for.
pub(crate) const CLIENTS: usize = 64;
/// How often each of them asks in ordinary use. All together are far from what the machine can do,
/// so that a latency tells of the service rather than of the queue before it.
pub(crate) const PACE: Duration = Duration::from_millis(200);

/// A client's place: its tenant, and the shard that the service says the tenant lives on.
#[derive(Debug, Clone)]
pub(crate) struct Home {
    pub(crate) tenant: String,
    pub(crate) shard: usize,
}

/// A load that goes on until [`stop`](Self::stop).
#[derive(Debug)]
pub(crate) struct Load {
    runtime: Runtime,
    stop: watch::Sender<bool>,
    clients: Vec<JoinHandle<Ledger>>,
    recording: Arc<Recording>,
}

impl Load {
    /// Starts a client at each home, which asks once in a `pace`, against the service at `address`
    /// (`host:port`). `name` must be new to the databases: the rows of this load are told by it.
    pub(crate) fn start(
        address: &str,
        name: &str,
        homes: &[Home],
        pace: Duration,
        seed: &mut Seed,
    ) -> Load {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let (stop, stopped) = watch::channel(false);
        let recording = Arc::new(Recording::default());
        let client = |(i, home): (usize, &Home)| {
            let name = format!("{name}-{i}");
            let client = Client::new(address, name, home.clone(), pace, seed.branch());
            runtime.spawn(client.run(Arc::clone(&recording), stopped.clone()))
        };
        let clients = homes.iter().enumerate().map(client).collect();
        Load { runtime, stop, clients, recording }
    }

    /// What was seen so far.
    pub(crate) fn recording(&self) -> &Recording {
        &self.recording
    }

    /// Lets every client finish what it has begun, asking again for what it got no answer to, and
    /// says what they saw.
    pub(crate) fn stop(self) -> (Arc<Recording>, Ledger) {
        self.stop.send_replace(true);
        let mut ledger = Ledger::default();
        for client in self.clients {
            ledger.merge(self.runtime.block_on(client).expect("no client panics"));
        }
        (self.recording, ledger)
    }
}

/// How long clients go on asking for what they got no answer to.
fn last_call() -> Instant {
    Instant::now() + Duration::from_secs(10)
}
