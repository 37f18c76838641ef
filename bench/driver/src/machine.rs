//! On what, and with what, it was measured.

use std::{fs, process::Command};

use anyhow::Result;

use crate::servers::Servers;

/// Those of the peers' crates that matter for the figures.
const CRATES: [&str; 10] = [
    "axum",
    "deadpool",
    "deadpool-postgres",
    "diesel",
    "diesel-async",
    "hyper",
    "r2d2",
    "rocket",
    "tokio",
    "tokio-postgres",
];
/// The same of Python.
const PACKAGES: [&str; 6] = ["asyncpg", "fastapi", "httptools", "pydantic", "uvicorn", "uvloop"];

/// The processor, its cores, the memory and the kernel.
pub(crate) fn machine() -> String {
    let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = value(&cpu, "model name").unwrap_or("an unnamed processor");
    let cores = std::thread::available_parallelism().map_or(0, usize::from);
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes: f64 = value(&memory, "MemTotal")
        .and_then(|text| text.strip_suffix(" kB")?.parse().ok())
        .unwrap_or_default();
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{model}, {cores} cores, {:.0} GiB, Linux {}", kilobytes / 1_048_576.0, kernel.trim())
}

/// Name and version of everything that is measured or measures.
pub(crate) fn versions(servers: &Servers) -> Result<String> {
    let lock = fs::read_to_string("Cargo.lock")?;
    let pins = fs::read_to_string("peers/fastapi/requirements.txt")?;
    let mut all = vec![
        said("rustc", "-V", 2),
        format!("PostgreSQL {}", servers.version()?),
        said(".venv/bin/python", "-V", 2),
        said("wrk", "-v", 2),
    ];
    all.extend(CRATES.iter().flat_map(|name| locked(&lock, name)));
    let pin =
        |name: &&str| pins.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix("=="));
    all.extend(PACKAGES.iter().filter_map(|name| Some(format!("{name} {}", pin(name)?))));
    Ok(all.join(", "))
}

/// The commit that was measured, and whether files differ from it.
pub(crate) fn commit() -> String {
    let output = Command::new("git").args(["describe", "--always", "--dirty"]).output();
    let text = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    text.map_or_else(String::new, |text| text.trim().to_owned())
}

pub(crate) fn date() -> String {
    let output = Command::new("date").args(["-u", "+%Y-%m-%d %H:%M UTC"]).output();
    let text = output.ok().and_then(|output| String::from_utf8(output.stdout).ok());
    text.map_or_else(String::new, |text| text.trim().to_owned())
}

/// A program's own name for its version: the first words of what it says, wherever it says it.
fn said(program: &str, argument: &str, words: usize) -> String {
    let Ok(output) = Command::new(program).arg(argument).output() else {
        return format!("{program} of unknown version");
    };
    let text = [output.stdout, output.stderr].concat();
    let text = String::from_utf8_lossy(&text);
    text.split_whitespace().take(words).collect::<Vec<_>>().join(" ")
}

/// Every version of a crate in the lock file: there may be two.
fn locked(lock: &str, name: &str) -> Vec<String> {
    let head = format!("name = \"{name}\"\nversion = \"");
    lock.split(&head)
        .skip(1)
        .filter_map(|rest| Some(format!("{name} {}", rest.split_once('"')?.0)))
        .collect()
}

fn value<'a>(text: &'a str, name: &str) -> Option<&'a str> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.split_once(':')?.1.trim())
}
