//! Where tenants live: Shardwright's own router is asked.

use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::{orders::TENANTS, start};

/// The place of every tenant's shard.
pub(crate) fn shard_of(config: &Path) -> Result<Vec<usize>> {
    let keys: String = (0..TENANTS).map(|tenant| format!("tenant-{tenant}\n")).collect();
    let answer = shardwright(config, &["route", "orders", "-", "--json"], &keys)?;
    let routes: Vec<Value> = serde_json::from_str(&answer)?;
    ensure!(routes.len() == TENANTS as usize, "an answer for every tenant");
    let place = |route: &Value| route["shard"].as_str()?.strip_prefix("shard-")?.parse().ok();
    routes.iter().map(|route| place(route).with_context(|| route.to_string())).collect()
}

/// Makes the tables, and has every database note whose it is.
pub(crate) fn migrate(config: &Path) -> Result<()> {
    shardwright(config, &["migration", "run"], "").map(drop)
}

fn shardwright(config: &Path, args: &[&str], input: &str) -> Result<String> {
    let mut child = Command::new(start::shardwright(None)?)
        .args(args)
        .env("ROCKET_CONFIG", config)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .context("shardwright can't be started")?;
    child.stdin.take().context("it has a standard input")?.write_all(input.as_bytes())?;
    let output = child.wait_with_output()?;
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "shardwright {}: {said}", args.join(" "));
    Ok(String::from_utf8(output.stdout)?)
}
