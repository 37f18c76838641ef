use serde_json::{Value, json};

use super::super::output::Output;
use crate::ops::migrate::{Difference, Drift};

/// The shards that differ, and in what.
pub(super) fn show(drift: &Drift, output: &Output) -> anyhow::Result<()> {
    for (shard, why) in &drift.unread {
        output.say(&format!("{shard}: could not be compared with the others: {why}"))?;
    }
    for shard in &drift.drifted {
        for difference in &shard.differences {
            let name = &shard.shard;
            let from = match difference {
                Difference::Invalid(_) => String::new(),
                _ => format!(" from {}", shard.reference),
            };
            output.say(&format!("{name}: DRIFTED{from}: {difference}"))?;
        }
    }
    Ok(())
}

pub(super) fn view(drift: &Drift) -> Value {
    let shard = |shard: &crate::ops::migrate::Drifted| {
        let differences: Vec<_> = shard.differences.iter().map(ToString::to_string).collect();
        json!({
            "shard": shard.shard.as_str(),
            "reference": shard.reference.as_str(),
            "differences": differences,
        })
    };
    let unread = |(shard, why): &(crate::key::ShardId, String)| json!({ "shard": shard.as_str(), "error": why });
    drift.drifted.iter().map(shard).chain(drift.unread.iter().map(unread)).collect()
}
