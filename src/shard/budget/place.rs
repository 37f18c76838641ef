use std::time::{Duration, Instant};

use r2d2::PooledConnection;

use super::Seat;
use crate::shard::{Connect, core::Core, slot::Places};

/// The most that a call with a claim waits for its connection: others hold it
/// while they close it, no longer.
const LIMIT: Duration = Duration::from_secs(1);

impl<C: Connect> Core<C> {
    /// A place in the pool with a connection in it, or an empty one and, where
    /// there is a budget, the seat for the connection to be opened. Blocks.
    pub(in crate::shard) fn seat(&self) -> Option<(PooledConnection<Places<C>>, Option<Seat>)> {
        let Some(share) = &self.share else { return Some((self.place()?, None)) };
        let end = Instant::now() + LIMIT;
        let mut empty = None;
        loop {
            let seen = share.changes();
            // An empty place may lie upon those with a connection.
            while let Some(place) = self.places.try_get() {
                if place.live.is_some() {
                    return Some((place, None));
                }
                empty = Some(place);
            }
            // In the meantime some other call may have put one back.
            let place = empty.or_else(|| self.place())?;
            if place.live.is_some() {
                return Some((place, None));
            }
            if let Some(seat) = share.open() {
                return Some((place, Some(seat)));
            }
            empty = Some(place);
            let left = end.checked_duration_since(Instant::now())?;
            share.wait_for_change(seen, left);
        }
    }

    /// Closes an idle connection, and says whether there was one. Blocks.
    pub(in crate::shard) fn give_up_one(&self) -> bool {
        while let Some(mut place) = self.places.try_get() {
            // The place is kept until the connection is closed, so that the pool
            // does not have one too many meanwhile.
            if place.live.take().is_some() {
                return true;
            }
        }
        false
    }
}
