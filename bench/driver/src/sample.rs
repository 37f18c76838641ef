//! One run of one peer.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use anyhow::{Result, ensure};

use crate::{
    load::{self, Answered, Pressure},
    servers::{Database, Servers},
    service::Service,
    stop, usage,
    workload::Workload,
};

/// How long work that nobody waits for any more may go on.
const SETTLE: Duration = Duration::from_secs(30);
const LOOK: Duration = Duration::from_millis(60);
/// Two ticks of the kernel's clock, in microseconds.
const QUIET: u64 = 20_000;

/// What a run has shown. Times are in microseconds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sample {
    pub(crate) per_second: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
    /// CPU time for each request; none for who has no service.
    pub(crate) cpu_service: Option<f64>,
    pub(crate) cpu_postgres: f64,
    /// Bytes.
    pub(crate) memory: Option<u64>,
    /// What the idle services took meanwhile, in shares of one core.
    pub(crate) idle: f64,
}

/// Loads a service, or the whole database itself, and reads what that took.
pub(crate) fn take(
    service: Option<&Service>,
    others: &[&Service],
    servers: &Servers,
    workload: Workload,
    pressure: Pressure,
    folder: &Path,
) -> Result<Sample> {
    let others: Vec<Vec<u32>> = others.iter().map(|service| service.processes()).collect();
    let families = servers.processes();
    let of_servers = || servers.processes().iter().map(|family| usage::cpu(family)).sum::<u64>();
    let of_others = || others.iter().map(|family| usage::cpu(family)).sum::<u64>();
    let own = service.map(Service::processes).unwrap_or_default();

    let before = (usage::cpu(&own), of_servers(), of_others());
    let answered = match service {
        Some(service) => load::wrk(&service.url(), workload, pressure)?,
        None => {
            let url = servers.url(Database::Whole);
            let answered = load::pgbench(&url, workload, pressure, folder)?;
            // Its sessions count once their parent has waited for them.
            let gone =
                || servers.processes().iter().map(Vec::len).eq(families.iter().map(Vec::len));
            stop::until(Duration::from_secs(2), || Ok(gone()))?;
            answered
        }
    };
    let after = (usage::cpu(&own), of_servers(), of_others());

    settle(&own, of_servers)?;

    let Answered { requests, per_second, p50, p99 } = answered;
    let each = |before: u64, after: u64| after.saturating_sub(before) as f64 / requests as f64;
    let idle = after.2.saturating_sub(before.2) as f64 / (f64::from(pressure.seconds) * 1e6);
    Ok(Sample {
        per_second,
        p50,
        p99,
        cpu_service: service.map(|_| each(before.0, after.0)),
        cpu_postgres: each(before.1, after.1),
        memory: service.map(|service| usage::memory(&service.processes())),
        idle,
    })
}

/// What was asked and never answered, since the load ended, may still be worked at: it must not
/// fall into the next peer's turn.
fn settle(own: &[u32], of_servers: impl Fn() -> u64) -> Result<()> {
    let used = || usage::cpu(own) + of_servers();
    let mut before = (used(), Instant::now());
    let quiet = stop::until(SETTLE, || {
        if before.1.elapsed() < LOOK {
            return Ok(false);
        }
        let quiet = used() - before.0 < QUIET;
        before = (used(), Instant::now());
        Ok(quiet)
    })?;
    ensure!(quiet, "it still works {SETTLE:?} after the load ended");
    Ok(())
}
