use std::time::{Duration, Instant};

use crate::shard::{Connect, Deadline, Shard, ShardError};

/// A shard too busy for a probe is taken to be well if it answered a request this recently.
const RECENTLY: Duration = Duration::from_secs(1);

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
    match ask(shard, patience).await {
        Ok(took) => Finding::Up(Some(took)),
        Err(ShardError::Busy { .. }) if answered_recently(shard) => Finding::Up(None),
        Err(ShardError::Refused { reason, .. }) => Finding::Refused(format!("refused: {reason}")),
        Err(ShardError::ShuttingDown { .. }) => Finding::Closed,
        Err(error) => Finding::Down(error.reason().to_owned()),
    }
}

async fn ask<C: Connect>(shard: &Shard<C>, patience: Duration) -> Result<Duration, ShardError> {
    let began = Instant::now();
    shard.run_if_free(Deadline::after(patience), C::ping).await?;
    Ok(began.elapsed())
}

fn answered_recently<C: Connect>(shard: &Shard<C>) -> bool {
    shard.state().answered.is_some_and(|ago| ago < RECENTLY)
}
