use figment::Figment;
use serde_json::{Value, json};

use super::{
    super::{
        Outcome,
        output::{Output, size},
    },
    args::Plan,
    figures::{amount, balance, balance_json, cells, count, grouped, share},
    file, findings,
};
use crate::{
    http::Service,
    key::ShardId,
    ops::placement::{Change, Collision, KeyspacePlan, Mover, Pair, plan},
    shard::ShardConnection,
    store::tables,
};

/// Says what a changed configuration would move.
pub(super) async fn run(
    figment: &Figment,
    args: &Plan,
    output: &Output,
) -> anyhow::Result<Outcome> {
    let (before, after) = (Service::blueprint(figment)?, file::read(&args.config)?);
    let change = Change::<ShardConnection>::new(&before, &after)?;
    let mut plans = Vec::new();
    for declared in tables::declared() {
        let Some(keyspace) = change.keyspace(declared.keyspace()) else { continue };
        let plan = plan(&change, keyspace, declared.tables(), args.top).await?;
        if !args.json {
            show(&plan, output)?;
        }
        plans.push(plan);
    }
    if args.json {
        let keyspaces: Vec<_> = plans.iter().map(view).collect();
        output.json(&json!({ "keyspaces": keyspaces }))?;
    }
    Ok(Outcome::Done)
}

fn show(plan: &KeyspacePlan, output: &Output) -> std::io::Result<()> {
    let rule = if plan.changes { "the rule changes" } else { "the rule does not change" };
    output.say(&format!("{}: {rule}; {}", plan.keyspace, moving(plan)))?;
    if !plan.pairs.is_empty() {
        output.say("")?;
        let header = ["FROM", "TO", "KEYS", "ROWS", "SIZE"].map(str::to_owned).to_vec();
        let row = |pair: &Pair| {
            let mut row = vec![pair.from.to_string(), pair.to.to_string()];
            row.extend(cells(pair.amount));
            row
        };
        output.table(std::iter::once(header).chain(plan.pairs.iter().map(row)).collect())?;
    }
    if plan.changes || plan.moving.keys > 0 {
        output.say("")?;
        balance(&plan.balance, output)?;
    }
    if !plan.movers.is_empty() {
        output.say("")?;
        let header = ["LARGEST", "ROWS", "SIZE", "FROM", "TO"].map(str::to_owned).to_vec();
        let row = |mover: &Mover| {
            let (rows, size) = (grouped(mover.load.rows), size(mover.load.bytes));
            vec![mover.key.to_string(), rows, size, mover.from.to_string(), mover.to.to_string()]
        };
        output.table(std::iter::once(header).chain(plan.movers.iter().map(row)).collect())?;
    }
    let line = findings::line;
    findings::list("without a place under the new rule", &plan.unplaceable, line, output)?;
    findings::list("not where the present rule has them", &plan.misplaced, line, output)?;
    findings::list("on more than one shard", &plan.twice, line, output)?;
    let collision = |found: &Collision| {
        format!("{}: from {} to {}", found.id, names(&found.from).join(" and "), found.to)
    };
    let heading = "with rows coming together from several shards, which must share no primary key";
    findings::list(heading, &plan.collisions, collision, output)?;
    findings::keyless(&plan.keyless, output)
}

fn moving(plan: &KeyspacePlan) -> String {
    if plan.stored.keys == 0 {
        return "nothing is stored".to_owned();
    }
    if plan.moving.keys == 0 {
        let all = count(plan.stored.keys, "key");
        return format!("no key moves, of {all}");
    }
    let (part, whole) = (plan.moving, plan.stored);
    format!(
        "{} of {} keys move ({}), with {} of {} rows ({}) and {}",
        grouped(part.keys),
        grouped(whole.keys),
        share(part.keys, whole.keys),
        grouped(part.load.rows),
        grouped(whole.load.rows),
        share(part.load.rows, whole.load.rows),
        size(part.load.bytes),
    )
}

fn names(shards: &[ShardId]) -> Vec<&str> {
    shards.iter().map(ShardId::as_str).collect()
}

fn view(plan: &KeyspacePlan) -> Value {
    let pair = |pair: &Pair| {
        let mut view = amount(pair.amount);
        view["from"] = pair.from.as_str().into();
        view["to"] = pair.to.as_str().into();
        view
    };
    let mover = |mover: &Mover| {
        let mut view = findings::key(&mover.key);
        view["from"] = mover.from.as_str().into();
        view["to"] = mover.to.as_str().into();
        view["rows"] = mover.load.rows.into();
        view["bytes"] = mover.load.bytes.into();
        view
    };
    let collision = |found: &Collision| {
        json!({
            "key": findings::id(&found.id),
            "from": names(&found.from),
            "to": found.to.as_str(),
        })
    };
    json!({
        "keyspace": plan.keyspace.as_str(),
        "changes": plan.changes,
        "stored": amount(plan.stored),
        "moving": amount(plan.moving),
        "pairs": plan.pairs.iter().map(pair).collect::<Vec<_>>(),
        "balance": balance_json(&plan.balance),
        "largest": plan.movers.iter().map(mover).collect::<Vec<_>>(),
        "unplaceable": findings::json(&plan.unplaceable, findings::one),
        "misplaced": findings::json(&plan.misplaced, findings::one),
        "twice": findings::json(&plan.twice, findings::one),
        "collisions": findings::json(&plan.collisions, collision),
        "keyless": findings::keyless_json(&plan.keyless),
    })
}
