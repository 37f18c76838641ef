use std::error::Error;

use figment::Figment;
use serde_json::{Value, json};

use super::{Outcome, args::Migration, block_on, output::Output, service};
use crate::ops::migrate::{Known, MigrateError, ShardReport, ShardStatus};

/// Migrations over all shards.
pub(super) fn run(args: Migration, figment: &Figment, output: &Output) -> anyhow::Result<Outcome> {
    let migrator = service(figment)?.migrator();
    match args {
        Migration::Run { json } => report(&block_on(migrator.run())?, json, output),
        Migration::List { json } => list(&block_on(migrator.status())?, json, output),
    }
}

fn report(reports: &[ShardReport], json: bool, output: &Output) -> anyhow::Result<Outcome> {
    if json {
        output.json(&reports.iter().map(report_json).collect())?;
    } else {
        for line in reports.iter().flat_map(report_lines) {
            output.say(&line)?;
        }
    }
    let failed = reports.iter().any(|report| report.error.is_some());
    Ok(if failed { Outcome::Failed } else { Outcome::Done })
}

fn report_lines(report: &ShardReport) -> Vec<String> {
    let shard = &report.shard;
    let applied = report.applied.iter().map(|step| {
        format!("{shard}: applied {} in {:.1} ms", step.name, step.took.as_secs_f64() * 1000.0)
    });
    let mut lines: Vec<_> = applied.collect();
    match &report.error {
        Some(error) => lines.push(format!("{shard}: FAILED: {}", words(error))),
        None if report.applied.is_empty() => lines.push(format!("{shard}: nothing to do")),
        None => {}
    }
    lines
}

fn report_json(report: &ShardReport) -> Value {
    let applied: Vec<_> = report
        .applied
        .iter()
        .map(|step| {
            let took = step.took.as_secs_f64() * 1000.0;
            json!({ "version": step.version, "name": step.name, "took_ms": took })
        })
        .collect();
    json!({
        "shard": report.shard.as_str(),
        "applied": applied,
        "error": report.error.as_ref().map(words),
    })
}

fn list(shards: &[ShardStatus], json: bool, output: &Output) -> anyhow::Result<Outcome> {
    let mut known: Vec<&Known> =
        shards.iter().filter_map(|s| s.status.as_ref().ok()).flat_map(|s| &s.known).collect();
    known.sort();
    known.dedup();
    if json {
        output.json(&shards.iter().map(status_json).collect())?;
    } else {
        let mut rows = vec![vec!["MIGRATION".to_owned()]];
        rows[0].extend(shards.iter().map(|shard| shard.shard.to_string()));
        for migration in known {
            let mut row = vec![migration.name.clone()];
            row.extend(shards.iter().map(|shard| cell(shard, migration)));
            rows.push(row);
        }
        output.table(rows)?;
        for line in shards.iter().flat_map(remarks) {
            output.say(&line)?;
        }
    }
    let unreached = shards.iter().any(|shard| shard.status.is_err());
    Ok(if unreached { Outcome::Failed } else { Outcome::Done })
}

fn cell(shard: &ShardStatus, migration: &Known) -> String {
    match &shard.status {
        Err(_) => "?".to_owned(),
        Ok(status) => match status.applied(&migration.version) {
            Some(applied) => applied.run_on.format("%Y-%m-%d %H:%M").to_string(),
            None => "pending".to_owned(),
        },
    }
}

/// What the table has no place for.
fn remarks(shard: &ShardStatus) -> Vec<String> {
    let name = &shard.shard;
    match &shard.status {
        Err(error) => vec![format!("{name}: {}", words(error))],
        Ok(status) => status
            .ahead()
            .map(|applied| format!("{name}: ahead of this binary: {}", applied.version))
            .collect(),
    }
}

fn status_json(shard: &ShardStatus) -> Value {
    let name = shard.shard.as_str();
    match &shard.status {
        Err(error) => json!({ "shard": name, "error": words(error) }),
        Ok(status) => {
            let entry = |known: &Known| {
                let applied = status.applied(&known.version);
                let run_on = applied.map(|applied| applied.run_on.and_utc().to_rfc3339());
                json!({ "version": known.version, "name": known.name, "applied_at": run_on })
            };
            let ahead: Vec<_> = status.ahead().map(|applied| applied.version.as_str()).collect();
            let migrations: Vec<_> = status.known.iter().map(entry).collect();
            json!({ "shard": name, "migrations": migrations, "ahead": ahead })
        }
    }
}

/// An error with its causes, on one line.
fn words(error: &MigrateError) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        words.push_str(&format!(": {}", error.to_string().trim().replace('\n', " ")));
        cause = error.source();
    }
    words
}
