use std::time::Duration;

use crate::shard::{Connect, Shard, ShardError, Trouble};

/// What one probe found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::ops) enum Finding {
    /// It answers; how long that took, unless requests kept the probe from asking.
    Up(Option<Duration>),
    /// It does not, and why.
    Down(String),
    /// It answers and must not serve, and why.
    Refused(String),
    /// We take no more calls ourselves: nothing is known of the shard.
    Closed,
}

/// Asks a shard once.
pub(in crate::ops) async fn probe<C: Connect>(shard: &Shard<C>, patience: Duration) -> Finding {
    match shard.probe(patience).await {
        Ok(latency) => Finding::Up(latency),
        Err(ShardError::Refused { reason, .. }) => Finding::Refused(format!("refused: {reason}")),
        Err(ShardError::ShuttingDown { .. }) => Finding::Closed,
        Err(ShardError::Timeout { .. }) => Finding::Down(Trouble::Silent.reason().to_owned()),
        Err(error) => Finding::Down(error.reason().to_owned()),
    }
}
