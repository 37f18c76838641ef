use std::time::{Duration, Instant};

use super::{Access, Connect, Deadline, Shard, ShardError, Trouble, knock::knock};

/// A shard too busy for a probe is taken to be well if it answered a call this recently.
const RECENTLY: Duration = Duration::from_millis(250);

impl<C: Connect> Shard<C> {
    /// Finds out whether the shard answers, whatever its breaker thinks, and
    /// tells the breaker. How long the answer took; `None` if every turn is
    /// taken, and the server is known to be alive all the same.
    ///
    /// Takes a turn if there is one and never waits for one, and is back within
    /// `patience`.
    ///
    /// # Errors
    /// As [`Shard::run`], and never [`ShardError::Open`].
    pub async fn probe(&self, patience: Duration) -> Result<Option<Duration>, ShardError> {
        if self.permits.is_closed() {
            return Err(ShardError::ShuttingDown { shard: self.id().clone() });
        }
        let began = Instant::now();
        let Some(permit) = self.permits.try_acquire(Access::Read) else {
            return self.knock(patience).await.map(|()| None);
        };
        let deadline = Deadline::after(patience);
        let pass = Some(self.breaker.probe());
        self.call(Access::Read, deadline, pass, permit, C::ping).await?;
        Ok(Some(began.elapsed()))
    }

    /// How long to wait for an answer that should come within `usual`: longer if
    /// a connection may have to be opened first, and that is known to take longer.
    #[must_use]
    pub fn patience(&self, usual: Duration) -> Duration {
        usual.max(self.core.opener.patience())
    }

    /// Every turn is taken: by much work, or by calls that wait in vain?
    async fn knock(&self, patience: Duration) -> Result<(), ShardError> {
        if self.core.since_answer().is_some_and(|ago| ago < RECENTLY) {
            return Ok(());
        }
        if knock(self.core.opener.url(), patience).await != Some(false) {
            return Ok(());
        }
        self.core.failed(self.breaker.probe(), Trouble::Silent);
        Err(ShardError::Silent { shard: self.id().clone() })
    }
}
