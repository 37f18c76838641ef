//! What the command line says.

use std::path::PathBuf;

use anyhow::{Result, ensure};
use clap::Parser;

use crate::{
    peer::{self, Kind, Peer},
    results::Cell,
    workload::Workload,
};

/// Measures Shardwright beside its peers.
#[derive(Debug, Parser)]
#[command(name = "bench/run")]
pub(crate) struct Options {
    /// Point read, insert and list with 32 clients and the main peers; prints and writes no file
    #[arg(long)]
    pub(crate) quick: bool,
    /// How often each peer has its turn [default: 5, quick: 3]
    #[arg(long)]
    rounds: Option<u32>,
    /// How long each turn is [default: 2, quick: 1]
    #[arg(long)]
    seconds: Option<u32>,
    /// Only these peers, with commas between
    #[arg(long, value_delimiter = ',')]
    only: Vec<String>,
    /// Only these workloads, with commas between
    #[arg(long, value_delimiter = ',', value_enum)]
    workload: Vec<Workload>,
    /// Only so many clients at a time [default: 1,32,128, quick: 32]
    #[arg(long, value_delimiter = ',')]
    clients: Vec<u32>,
    /// Another shardwright binary to measure beside the one built, as the peer `other`
    #[arg(long)]
    service: Option<PathBuf>,
    /// Where paths that do not begin at the root begin
    #[arg(long, hide = true, default_value = ".")]
    from: PathBuf,
    /// Where the report is written to [default: bench/RESULTS.md if nothing was left out]
    #[arg(long)]
    pub(crate) output: Option<PathBuf>,
}

/// What is measured.
#[derive(Debug)]
pub(crate) struct Plan {
    pub(crate) peers: Vec<Peer>,
    pub(crate) workloads: Vec<Workload>,
    pub(crate) clients: Vec<u32>,
    pub(crate) rounds: u32,
    pub(crate) seconds: u32,
    /// Whether nothing was left out.
    pub(crate) whole: bool,
}

impl Plan {
    /// How long a turn is: longer where a request takes seconds, of which few would be answered.
    pub(crate) fn seconds_of(&self, (workload, clients): Cell) -> u32 {
        match workload {
            Workload::Stats if clients > 32 => 3 * self.seconds,
            _ => self.seconds,
        }
    }

    /// Whether the library's scatter is measured too: where sums are, if our service is.
    pub(crate) fn scatter(&self) -> bool {
        self.workloads.contains(&Workload::Stats) && self.peers.iter().any(|p| p.name == peer::OURS)
    }
}

impl Options {
    /// Where the report goes: a whole one is kept.
    pub(crate) fn output(&self, plan: &Plan) -> Option<PathBuf> {
        let kept = plan.whole.then(|| PathBuf::from("RESULTS.md"));
        self.output.as_ref().map(|path| self.from.join(path)).or(kept)
    }

    /// # Errors
    /// An unknown peer.
    pub(crate) fn plan(&self) -> Result<Plan> {
        let all = peer::all(self.service.as_ref().map(|path| self.from.join(path)));
        let known = || all.iter().map(|peer| peer.name).collect::<Vec<_>>().join(", ");
        for name in &self.only {
            ensure!(
                all.iter().any(|peer| peer.name == name),
                "no peer `{name}`; there are {}",
                known()
            );
        }
        let wanted = |peer: &Peer| match self.only.is_empty() {
            true => !self.quick || !minor(peer),
            // Who gives another binary wants to see it.
            false => peer.name == peer::OTHER || self.only.iter().any(|name| name == peer.name),
        };
        let peers = all.iter().filter(|peer| wanted(peer)).cloned().collect();
        let workloads = match (self.workload.is_empty(), self.quick) {
            (true, true) => vec![Workload::Read, Workload::List, Workload::Insert],
            (true, false) => Workload::ALL.to_vec(),
            _ => Workload::ALL.into_iter().filter(|w| self.workload.contains(w)).collect(),
        };
        let clients = match (self.clients.is_empty(), self.quick) {
            (true, true) => vec![32],
            (true, false) => vec![1, 32, 128],
            _ => self.clients.clone(),
        };
        Ok(Plan {
            peers,
            workloads,
            clients,
            rounds: self.rounds.unwrap_or(if self.quick { 3 } else { 5 }),
            seconds: self.seconds.unwrap_or(if self.quick { 1 } else { 2 }),
            whole: !self.quick
                && self.only.is_empty()
                && self.workload.is_empty()
                && self.clients.is_empty(),
        })
    }
}

/// What a quick look leaves out.
fn minor(peer: &Peer) -> bool {
    peer.kind == Kind::FastApi { workers: 1 }
}
