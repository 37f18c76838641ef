use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use tokio::time::{sleep, timeout};

use super::{Connect, Shard, run::spawn};

/// How often a call under way is asked whether it has ended.
const POLL: Duration = Duration::from_millis(10);

impl<C: Connect> Shard<C> {
    /// Takes no more calls, lets those under way end, and closes the pool's
    /// connections, so that the server sees them go in order. What takes longer
    /// than that is left behind: whether all is closed.
    pub async fn drain(&self, patience: Duration) -> bool {
        self.close();
        let until = Instant::now() + patience;
        // A permit comes back once its connection has.
        while self.state().permits < self.pool.max_size as usize && Instant::now() < until {
            sleep(POLL).await;
        }
        let core = Arc::clone(&self.core);
        let closing = spawn(move || core.close_idle());
        let left = until.saturating_duration_since(Instant::now()).max(POLL);
        timeout(left, closing).await.is_ok() && self.state().size == 0
    }
}
