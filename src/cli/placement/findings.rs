use serde_json::{Value, json};

use super::{
    super::output::Output,
    figures::{count, grouped, load},
};
use crate::{
    key::ShardId,
    ops::{
        placement::{Finding, Findings, Load},
        tables::{StoredId, StoredKey},
    },
};

/// A list of findings under its heading, if there are any.
pub(super) fn list<T>(
    heading: &str,
    found: &Findings<T>,
    line: impl Fn(&T) -> String,
    output: &Output,
) -> std::io::Result<()> {
    if found.is_empty() {
        return Ok(());
    }
    let (keys, rows) = (count(found.total.keys, "key"), count(found.total.load.rows, "row"));
    output.say(&format!("  {keys} ({rows}) {heading}:"))?;
    for finding in &found.listed {
        output.say(&format!("    {}", line(finding)))?;
    }
    match found.unlisted() {
        0 => Ok(()),
        more => output.say(&format!("    and {} more", grouped(more))),
    }
}

/// `7: on shard-0 (2 rows) and shard-1 (1 row); its rule has it on shard-0`.
pub(super) fn line(finding: &Finding) -> String {
    let on = |(shard, load): &(ShardId, Load)| format!("{shard} ({})", count(load.rows, "row"));
    let on = finding.on.iter().map(on).collect::<Vec<_>>().join(" and ");
    match &finding.home {
        Ok(home) => format!("{}: on {on}; its rule has it on {home}", finding.key),
        Err(why) => format!("{}: on {on}; {why}", finding.key),
    }
}

/// Rows without a key, shard by shard.
pub(super) fn keyless(found: &[(ShardId, Load)], output: &Output) -> std::io::Result<()> {
    found.iter().try_for_each(|(shard, load)| {
        let rows = count(load.rows, "row");
        output.say(&format!("  {rows} without a key on {shard}, which no rule places"))
    })
}

/// The same for programs.
pub(super) fn json<T>(found: &Findings<T>, one: impl Fn(&T) -> Value) -> Value {
    json!({
        "keys": found.total.keys,
        "rows": found.total.load.rows,
        "listed": found.listed.iter().map(one).collect::<Vec<_>>(),
    })
}

pub(super) fn one(finding: &Finding) -> Value {
    let on = |(shard, load): &(ShardId, Load)| json!({ "shard": shard.as_str(), "rows": load.rows, "bytes": load.bytes });
    let mut view = key(&finding.key);
    view["on"] = finding.on.iter().map(on).collect();
    view["home"] = finding.home.as_ref().ok().map(ShardId::as_str).into();
    if let Err(why) = &finding.home {
        view["error"] = why.as_str().into();
    }
    view
}

/// A key: a number or a text, and its region if it was read with one.
pub(super) fn key(key: &StoredKey) -> Value {
    match &key.region {
        Some(region) => json!({ "key": id(&key.id), "region": region }),
        None => json!({ "key": id(&key.id) }),
    }
}

pub(super) fn id(id: &StoredId) -> Value {
    match id {
        StoredId::Int(id) => json!(id),
        StoredId::Text(id) => json!(id),
    }
}

pub(super) fn keyless_json(found: &[(ShardId, Load)]) -> Value {
    found
        .iter()
        .map(|(shard, of)| (shard.to_string(), load(*of)))
        .collect::<serde_json::Map<_, _>>()
        .into()
}
