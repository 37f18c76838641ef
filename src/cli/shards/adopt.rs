use std::time::Duration;

use crate::{
    cli::{Outcome, output::Output},
    http::Service,
    key::ShardId,
    ops::identity::{Adopted, adopt},
};

/// How long those who still serve from a database have to go.
const PATIENCE: Duration = Duration::from_secs(3);

/// Tells databases who they are from now on.
pub(super) async fn run(
    service: &Service,
    shards: &[ShardId],
    output: &Output,
) -> anyhow::Result<Outcome> {
    for Adopted { before, now } in adopt(service.db(), shards, PATIENCE).await? {
        let before = before.map_or_else(
            || "said nothing of itself".to_owned(),
            |before| format!("was {} of cluster {}", before.shard, before.cluster),
        );
        output.say(&format!("{} of cluster {} (it {before})", now.shard, now.cluster))?;
    }
    Ok(Outcome::Done)
}
