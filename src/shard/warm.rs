use std::sync::Arc;

use super::{Connect, Shard, ShardError, run::spawn, watch::Watch};

impl<C: Connect> Shard<C> {
    /// Opens the pool's `min_idle` connections ahead of need. Does nothing if
    /// the shard has better things to do than to spare the turns.
    ///
    /// # Errors
    /// [`ShardError::Connect`] with the first that could not be opened.
    pub async fn warm(&self) -> Result<(), ShardError> {
        let wanted = self.pool.min_idle as usize;
        let permits: Vec<_> = (0..wanted).map_while(|_| self.turn_if_free()).collect();
        let core = Arc::clone(&self.core);
        let work = spawn(move || {
            // All places at once, or the first would be handed out again and again.
            let mut places: Vec<_> = permits.iter().map_while(|_| core.seat()).collect();
            for (place, seat) in &mut places {
                core.opener
                    .fill(place, seat.take(), &Watch::default())
                    .map_err(|source| ShardError::Connect { shard: core.id.clone(), source })?;
            }
            drop(places);
            drop(permits);
            Ok(())
        });
        work.await.unwrap_or(Ok(()))
    }
}
