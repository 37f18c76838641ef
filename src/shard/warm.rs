use std::sync::Arc;

use super::{
    Access, Connect, Deadline, Shard, ShardError, leash::Leash, permit::Permit, watch::Watch,
};

impl<C: Connect> Shard<C> {
    /// Opens connections ahead of need until there are `min_idle`, one after the
    /// other: it takes no more than one turn, and none that others wait for.
    ///
    /// # Errors
    /// [`ShardError::Connect`] with the first that could not be opened.
    pub async fn warm(&self) -> Result<(), ShardError> {
        while self.state().size < self.pool.min_idle {
            let Some(permit) = self.permits.try_acquire(Access::Read) else { return Ok(()) };
            if !self.open_one(permit).await? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether there was a place to open one in, and time enough.
    async fn open_one(&self, permit: Permit) -> Result<bool, ShardError> {
        let watch = Arc::new(Watch::default());
        let deadline = Deadline::after(self.pool.connect_timeout);
        let leash = Leash::new(Arc::clone(&watch), Access::Read, deadline);
        let core = Arc::clone(&self.core);
        let work = self.crew.spawn(move || {
            let _permit = permit;
            // Those with a connection lie on top, and go back before anything is opened.
            let mut full = Vec::new();
            let (mut place, seat) = loop {
                match core.seat() {
                    Some((place, seat)) if place.live.is_none() => break (place, seat),
                    Some((place, _)) => full.push(place),
                    None => return Ok(false),
                }
            };
            drop(full);
            let filled = core.fill(&mut place, seat, &watch).map(drop);
            if watch.is_over()
                && let Some(live) = &mut place.live
            {
                live.lost = true;
            }
            filled.map_err(|source| ShardError::Connect { shard: core.id.clone(), source })?;
            Ok(true)
        });
        match leash.hold(work).await {
            Ok(Ok(Ok(outcome))) => outcome,
            // Neither a thread that came back with nothing nor one that was cut has opened any.
            Ok(_) | Err(_) => Ok(false),
        }
    }
}
