use serde_json::{Value, json};

use super::{
    super::{Outcome, output::Output},
    drift,
};
use crate::{
    ops::migrate::{Known, Migrator, Options, ShardStatus},
    shard::ShardConnection,
};

/// Migrations × shards, what is ahead, and what has drifted. Exit code 1 if a
/// shard drifted or can't be asked.
pub(super) async fn run(
    migrator: &Migrator<ShardConnection>,
    json: bool,
    output: &Output,
) -> anyhow::Result<Outcome> {
    let shards = migrator.status(&Options::default()).await?;
    let drifted = migrator.drift(&Options::default()).await?;
    if json {
        let views: Vec<_> = shards.iter().map(view).collect();
        output.json(&json!({ "shards": views, "drift": drift::view(&drifted) }))?;
    } else {
        output.table(table(&shards))?;
        for line in shards.iter().flat_map(remarks) {
            output.say(&line)?;
        }
        drift::show(&drifted, output)?;
    }
    let well = drifted.is_none() && shards.iter().all(|shard| shard.status.is_ok());
    Ok(if well { Outcome::Done } else { Outcome::Failed })
}

fn table(shards: &[ShardStatus]) -> Vec<Vec<String>> {
    let mut known: Vec<&Known> =
        shards.iter().filter_map(|s| s.status.as_ref().ok()).flat_map(|s| &s.known).collect();
    known.sort();
    known.dedup();
    let mut rows = vec![vec!["MIGRATION".to_owned()]];
    rows[0].extend(shards.iter().map(|shard| shard.shard.to_string()));
    for migration in known {
        let mut row = vec![migration.name.clone()];
        row.extend(shards.iter().map(|shard| cell(shard, migration)));
        rows.push(row);
    }
    rows
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
        Err(error) => vec![format!("{name}: {}", error.in_full())],
        Ok(status) => status
            .ahead()
            .map(|applied| format!("{name}: ahead of this binary: {}", applied.version))
            .collect(),
    }
}

fn view(shard: &ShardStatus) -> Value {
    let name = shard.shard.as_str();
    match &shard.status {
        Err(error) => json!({ "shard": name, "error": error.in_full() }),
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
