use serde_json::json;

use super::super::{Outcome, output::Output};
use crate::ops::migrate::ShardStatus;

/// The migrations that shards have not had. A shard that can't be asked counts
/// as having some: "nothing pending" is said only when it is known.
pub(super) fn run(shards: &[ShardStatus], json: bool, output: &Output) -> anyhow::Result<Outcome> {
    let mut any = false;
    let mut views = Vec::new();
    for ShardStatus { shard, status } in shards {
        match status {
            Ok(status) => {
                let pending: Vec<_> = status.pending().map(|known| known.name.as_str()).collect();
                any |= !pending.is_empty();
                if !json {
                    for name in &pending {
                        output.say(&format!("{shard}: {name}"))?;
                    }
                }
                views.push(json!({ "shard": shard.as_str(), "pending": pending }));
            }
            Err(error) => {
                any = true;
                if !json {
                    output.say(&format!("{shard}: {}", error.in_full()))?;
                }
                views.push(json!({ "shard": shard.as_str(), "error": error.in_full() }));
            }
        }
    }
    if json {
        output.json(&views.into())?;
    } else if !any {
        output.say("nothing is pending")?;
    }
    Ok(if any { Outcome::Failed } else { Outcome::Done })
}
