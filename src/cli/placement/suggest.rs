use serde_json::{Value, json};

use super::{
    super::{
        Outcome,
        output::{Output, Usage},
    },
    args::Suggest,
    figures::{amount, balance, balance_json, grouped, share},
};
use crate::{
    http::Service,
    ops::placement::{Proposed, SuggestError, Suggestion, suggest},
    store::tables,
};

/// Proposes ranges that even a keyspace out.
pub(super) async fn run(
    service: &Service,
    args: &Suggest,
    output: &Output,
) -> anyhow::Result<Outcome> {
    let db = service.db();
    let name = &args.keyspace;
    let keyspace = db.keyspace(name.as_str()).map_err(|error| Usage(error.to_string()))?;
    let declared = tables::declared().into_iter().find(|tables| tables.keyspace() == name);
    let declared = declared.ok_or_else(|| Usage(format!("keyspace {name} has no tables")))?;
    let shards: Vec<_> = db.shards().iter().collect();
    let onto = match args.shards.as_slice() {
        [] => keyspace.router.shards().iter().map(|at| shards[at.get()].id().clone()).collect(),
        given => given.to_vec(),
    };
    let settings = service.settings().keyspaces.iter().find(|settings| settings.name == *name);
    let tables = declared.tables();
    let suggestion = match suggest(&shards, keyspace, settings, tables, &onto, args.by).await {
        Ok(suggestion) => suggestion,
        Err(error @ (SuggestError::Unreadable(_) | SuggestError::TooFewKeys { .. })) => {
            return Err(error.into());
        }
        Err(error) => return Err(Usage(error.to_string()).into()),
    };
    match args.json {
        true => output.json(&view(&suggestion))?,
        false => show(&suggestion, output)?,
    }
    Ok(Outcome::Done)
}

fn show(suggestion: &Suggestion, output: &Output) -> std::io::Result<()> {
    let (part, whole) = (suggestion.moving, suggestion.stored);
    output.say("strategy = \"range\"")?;
    output.say(&suggestion.to_toml())?;
    output.say("")?;
    balance(&suggestion.balance, output)?;
    output.say("")?;
    output.say(&format!(
        "evened out by {}; {} of {} rows would move ({})",
        suggestion.by,
        grouped(part.load.rows),
        grouped(whole.load.rows),
        share(part.load.rows, whole.load.rows)
    ))
}

fn view(suggestion: &Suggestion) -> Value {
    let range = |Proposed { range, shard }: &Proposed| json!({ "start": range.start, "end": range.end, "shard": shard.as_str() });
    json!({
        "keyspace": suggestion.keyspace.as_str(),
        "by": suggestion.by.to_string(),
        "ranges": suggestion.ranges.iter().map(range).collect::<Vec<_>>(),
        "toml": suggestion.to_toml(),
        "stored": amount(suggestion.stored),
        "moving": amount(suggestion.moving),
        "balance": balance_json(&suggestion.balance),
    })
}
