//! The turns: in every round each peer has one, A B C A B C.

use std::{io::Write, path::Path, time::Instant};

use anyhow::{Context, Result};

use crate::{
    load::Pressure,
    options::Plan,
    orders::Orders,
    peer::{Kind, Peer},
    results::{Cell, Results},
    sample::{self, Sample},
    servers::Servers,
    service::Service,
};

/// Everything that is up while measuring.
pub(crate) struct Stage<'a> {
    pub(crate) servers: &'a Servers,
    pub(crate) orders: &'a Orders,
    /// A peer and its service, if it has one.
    pub(crate) peers: &'a [(Peer, Option<Service>)],
    pub(crate) folder: &'a Path,
}

impl Stage<'_> {
    /// Measures every cell of the plan.
    pub(crate) fn measure(&self, plan: &Plan) -> Result<Results> {
        let mut results = Results::default();
        let began = Instant::now();
        for &workload in &plan.workloads {
            for &clients in &plan.clients {
                let cell = (workload, clients);
                say(&format!(
                    "[{:>4} s] {}, clients: {clients}",
                    began.elapsed().as_secs(),
                    workload.title()
                ));
                self.cell(plan, cell, &mut results)
                    .with_context(|| format!("{}, clients: {clients}", workload.title()))?;
                say("\n");
            }
        }
        Ok(results)
    }

    fn cell(&self, plan: &Plan, cell: Cell, results: &mut Results) -> Result<()> {
        let (workload, clients) = cell;
        let taking_part: Vec<_> = self
            .peers
            .iter()
            .filter(|(peer, _)| peer.kind != Kind::Pgbench || workload.in_sql())
            .collect();
        for database in Servers::databases() {
            self.servers.run(database, "CHECKPOINT")?;
        }
        // Round 0 warms up.
        for round in 0..=plan.rounds {
            for (peer, service) in &taking_part {
                let seconds = if round == 0 { 1 } else { plan.seconds_of(cell) };
                let pressure = Pressure { clients, seconds, seed: round };
                let sample = self.turn(peer, service.as_ref(), cell, pressure);
                let sample = sample.with_context(|| peer.name)?;
                if round > 0 {
                    results.add(cell, peer.name, sample);
                }
                if workload.writes() {
                    self.orders.restore(self.servers)?;
                }
            }
            say(" .");
        }
        Ok(())
    }

    fn turn(
        &self,
        peer: &Peer,
        service: Option<&Service>,
        (workload, _): Cell,
        pressure: Pressure,
    ) -> Result<Sample> {
        let others: Vec<&Service> = self
            .peers
            .iter()
            .filter(|(other, _)| other.name != peer.name)
            .filter_map(|(_, service)| service.as_ref())
            .collect();
        sample::take(service, &others, self.servers, workload, pressure, self.folder)
            .map_err(|error| self.explain(error, service))
    }

    /// What the service itself has to say of a failure.
    fn explain(&self, error: anyhow::Error, service: Option<&Service>) -> anyhow::Error {
        let log = service.map(Service::log_text).unwrap_or_default();
        let end = log.len().saturating_sub(2_000);
        let tail = log.get(end..).unwrap_or(&log);
        if tail.is_empty() { error } else { error.context(format!("its log ends:\n{tail}")) }
    }
}

/// Progress goes where it does not mix with the tables.
pub(crate) fn say(text: &str) {
    let mut out = std::io::stderr();
    let _ = write!(out, "{text}");
    let _ = out.flush();
}
