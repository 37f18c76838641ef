use serde_json::{Value, json};

use super::{
    super::{
        Outcome,
        output::{Output, Usage},
    },
    args::Check,
    figures::{amount, count},
    findings,
};
use crate::{
    cluster::Keyspace,
    http::Service,
    key::KeyspaceName,
    ops::{
        placement::{KeyspaceCheck, MisplacedKey, check},
        tables::KeyspaceTables,
    },
    store::tables,
};

/// Holds every stored key against its rule.
pub(super) async fn run(
    service: &Service,
    args: &Check,
    output: &Output,
) -> anyhow::Result<Outcome> {
    let db = service.db();
    let shards: Vec<_> = db.shards().iter().collect();
    let mut checks = Vec::new();
    for (keyspace, declared) in chosen(service, &args.keyspaces)? {
        let found = check(&shards, keyspace, declared.tables(), args.limit).await?;
        if !args.json {
            show(&found, output)?;
        }
        checks.push(found);
    }
    let clean = checks.iter().all(KeyspaceCheck::is_clean);
    if args.json {
        let keyspaces: Vec<_> = checks.iter().map(view).collect();
        output.json(&json!({ "clean": clean, "keyspaces": keyspaces }))?;
    }
    Ok(if clean { Outcome::Done } else { Outcome::Failed })
}

/// The keyspaces with tables, or those of them that were asked for.
fn chosen<'a>(
    service: &'a Service,
    names: &[KeyspaceName],
) -> anyhow::Result<Vec<(&'a Keyspace, KeyspaceTables)>> {
    let db = service.db();
    let mut chosen = Vec::new();
    let declared = tables::declared();
    for name in names {
        db.keyspace(name.as_str()).map_err(|error| Usage(error.to_string()))?;
        if !declared.iter().any(|tables| tables.keyspace() == name) {
            return Err(Usage(format!("keyspace {name} has no tables")).into());
        }
    }
    for tables in declared {
        if names.is_empty() || names.contains(tables.keyspace()) {
            chosen.push((db.keyspace(tables.keyspace().as_str())?, tables));
        }
    }
    Ok(chosen)
}

fn show(check: &KeyspaceCheck, output: &Output) -> std::io::Result<()> {
    let (keys, rows) = (count(check.stored.keys, "key"), count(check.stored.load.rows, "row"));
    let stored =
        format!("{}: {keys}, {rows} on {}", check.keyspace, count(check.shards as u64, "shard"));
    if check.is_clean() {
        return output.say(&format!("{stored}, every one where its rule says"));
    }
    output.say(&stored)?;
    let misplaced = |found: &MisplacedKey| {
        let MisplacedKey { key, on, home, load } = found;
        format!("{key}: {} on {on}; its rule has it on {home}", count(load.rows, "row"))
    };
    findings::list("not where their rule has them", &check.misplaced, misplaced, output)?;
    findings::list("on more than one shard", &check.twice, findings::line, output)?;
    findings::list("without a place", &check.unplaceable, findings::line, output)?;
    findings::keyless(&check.keyless, output)
}

fn view(check: &KeyspaceCheck) -> Value {
    let misplaced = |found: &MisplacedKey| {
        let mut view = findings::key(&found.key);
        view["on"] = found.on.as_str().into();
        view["home"] = found.home.as_str().into();
        view["rows"] = found.load.rows.into();
        view["bytes"] = found.load.bytes.into();
        view
    };
    json!({
        "keyspace": check.keyspace.as_str(),
        "clean": check.is_clean(),
        "shards": check.shards,
        "stored": amount(check.stored),
        "misplaced": findings::json(&check.misplaced, misplaced),
        "twice": findings::json(&check.twice, findings::one),
        "unplaceable": findings::json(&check.unplaceable, findings::one),
        "keyless": findings::keyless_json(&check.keyless),
    })
}
