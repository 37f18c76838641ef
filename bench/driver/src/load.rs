//! Load on a peer for some seconds, and what came of it.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

use anyhow::{Context, Result, bail, ensure};

use crate::{
    orders::{ORDERS, TENANTS},
    stop::Guarded,
    workload::Workload,
};

/// How many requests were answered, in which time, and how long they took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Answered {
    pub(crate) requests: u64,
    pub(crate) per_second: f64,
    pub(crate) p50: f64,
    pub(crate) p99: f64,
}

/// How hard to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pressure {
    pub(crate) clients: u32,
    pub(crate) seconds: u32,
    /// Another in each run, and the same for every peer.
    pub(crate) seed: u32,
}

/// wrk on an HTTP service. Any socket error or any status but a good one is an error.
pub(crate) fn wrk(url: &str, workload: Workload, pressure: Pressure) -> Result<Answered> {
    let Pressure { clients, seconds, seed } = pressure;
    let mut command = Command::new("wrk");
    // One thread drives them all: it takes a tenth of what a service does for each request.
    command.args(["-t", "1", "--timeout", "20s"]);
    command.args(["-c", &clients.to_string(), "-d", &format!("{seconds}s")]);
    command.args(["-s", &format!("load/{}.lua", workload.name()), url, "--"]);
    command.args([seed, ORDERS, TENANTS].map(|number| number.to_string()));
    command.env("LUA_PATH", "load/?.lua");
    let said = run(command, seconds)?;
    let line = said.lines().find_map(|line| line.strip_prefix("@wrk ")).context(said.clone())?;
    let fields: BTreeMap<&str, u64> = line
        .split(' ')
        .filter_map(|field| field.split_once('='))
        .filter_map(|(name, value)| Some((name, value.parse().ok()?)))
        .collect();
    let field = |name: &str| fields.get(name).copied().with_context(|| line.to_owned());
    for error in ["connect", "read", "write", "status", "timeout"] {
        ensure!(field(error)? == 0, "not every request was answered well: {line}");
    }
    let requests = field("requests")?;
    ensure!(requests > 0, "no request was answered: {line}");
    Ok(Answered {
        requests,
        per_second: requests as f64 * 1e6 / field("duration")? as f64,
        p50: field("p50")? as f64,
        p99: field("p99")? as f64,
    })
}

/// pgbench on a database, every transaction's time from its log.
pub(crate) fn pgbench(
    url: &str,
    workload: Workload,
    pressure: Pressure,
    folder: &Path,
) -> Result<Answered> {
    let Pressure { clients, seconds, seed } = pressure;
    let prefix = folder.join("transactions");
    let mut command = Command::new("pgbench");
    command.args(["-n", "-M", "prepared", "-j", "1", "-l", "--log-prefix"]).arg(&prefix);
    command.args(["-c", &clients.to_string(), "-T", &seconds.to_string()]);
    command.args(["-D", &format!("orders={ORDERS}"), "-D", &format!("tenants={TENANTS}")]);
    command.args(["--random-seed", &seed.to_string()]);
    command.args(["-f", &format!("load/{}.sql", workload.name()), url]);
    let said = run(command, seconds)?;
    let per_second = said
        .lines()
        .find_map(|line| line.strip_prefix("tps = ")?.split(' ').next()?.parse().ok())
        .with_context(|| said.clone())?;
    let mut times = Vec::new();
    for entry in fs::read_dir(folder)?.flatten() {
        if entry.file_name().to_string_lossy().starts_with("transactions") {
            // client, transaction, time, …
            let text = fs::read_to_string(entry.path())?;
            times.extend(
                text.lines().filter_map(|line| line.split(' ').nth(2)?.parse::<u64>().ok()),
            );
            fs::remove_file(entry.path())?;
        }
    }
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied();
    let (Some(p50), Some(p99)) = (at(50), at(99)) else { bail!("no transaction: {said}") };
    Ok(Answered { requests: times.len() as u64, per_second, p50: p50 as f64, p99: p99 as f64 })
}

/// What a program printed. It has its seconds, and some for the beginning and the end.
pub(crate) fn run(mut command: Command, seconds: u32) -> Result<String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let out = tempfile::NamedTempFile::new()?;
    let both: File = out.reopen()?;
    let child = command
        .stdin(Stdio::null())
        .stdout(both.try_clone()?)
        .stderr(both)
        .spawn()
        .with_context(|| format!("{name} can't be started"))?;
    let status = Guarded(child)
        .end_within(Duration::from_secs(u64::from(seconds) + 70))
        .with_context(|| name.clone())?;
    let said = fs::read_to_string(out.path())?;
    ensure!(status.success(), "{name} ended with {status}: {said}");
    Ok(said)
}
