use std::time::Duration;

use crate::{
    cli::{
        Outcome,
        output::{Output, Usage},
    },
    http::Service,
    key::ShardId,
    ops::identity::{AdoptError, Adopted, adopt},
};

/// How long those who still serve from a database have to go.
const PATIENCE: Duration = Duration::from_secs(3);

/// Tells databases who they are from now on.
pub(super) async fn run(
    service: &Service,
    shards: &[ShardId],
    output: &Output,
) -> anyhow::Result<Outcome> {
    let adopted = adopt(service.db(), shards, PATIENCE).await.map_err(|error| match error {
        AdoptError::Cluster(error) => anyhow::Error::from(Usage(error.to_string())),
        other => other.into(),
    })?;
    for Adopted { before, now } in adopted {
        let before = before.map_or_else(
            || "said nothing of itself".to_owned(),
            |before| format!("was {} of cluster {}", before.shard, before.cluster),
        );
        output.say(&format!("{} of cluster {} (it {before})", now.shard, now.cluster))?;
    }
    Ok(Outcome::Done)
}
