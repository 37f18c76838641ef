use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use diesel::ConnectionResult;
use tracing::{info, warn};

use super::{
    Admission, BreakerState, Connect, ShardError, Share, Trouble, Wait,
    breaker::{Change, Pass},
    budget::Seat,
    opener::Opener,
    slot::{Live, Places, Slot},
    teller::Teller,
    watch::Watch,
};
use crate::key::ShardId;

/// What blocking threads need of a shard.
pub(super) struct Core<C: Connect> {
    pub(super) id: ShardId,
    pub(super) places: r2d2::Pool<Places<C>>,
    pub(super) opener: Opener<C>,
    pub(super) admission: Option<Admission<C>>,
    /// Whom it tells of what.
    pub(super) teller: Teller,
    /// Its part in the cluster's budget, if there is one.
    pub(super) share: Option<Share>,
    pub(super) started: Instant,
    /// When it last answered, in milliseconds since `started`; 0 for never.
    pub(super) answered: AtomicU64,
}

impl<C: Connect> Core<C> {
    pub(super) fn timeout(&self, wait: Wait) -> ShardError {
        ShardError::Timeout { shard: self.id.clone(), wait }
    }

    /// A place in the pool. There is one for every permit, so this waits for
    /// no one's query; the limit is only there so that nothing is without one.
    pub(super) fn place(&self) -> Option<r2d2::PooledConnection<Places<C>>> {
        // r2d2 wakes nobody when a place is done away with, as one is whose
        // connection was closed for another shard's sake; so this asks again.
        (0..50).find_map(|_| self.places.get_timeout(Duration::from_millis(20)).ok())
    }

    /// The place's connection, alive: see [`Opener::fill`]. Blocks.
    pub(super) fn fill<'a>(
        &self,
        slot: &'a mut Slot<C>,
        seat: Option<Seat>,
        watch: &Watch,
    ) -> ConnectionResult<&'a mut Live<C>> {
        let filled = self.opener.fill(slot, seat, watch);
        if filled.is_err() && self.opener.is_displaced() {
            // To a file that nobody else has any more; no other is opened before they are closed.
            self.close_idle();
        }
        filled
    }

    /// Closes the connections that nobody uses. Blocks.
    pub(super) fn close_idle(&self) {
        while let Some(mut place) = self.places.try_get() {
            place.live = None;
        }
    }

    /// A call reached the database.
    pub(super) fn succeeded(&self, pass: Option<Pass>) {
        self.answered();
        if pass.and_then(Pass::succeeded) == Some(Change::Closed) {
            info!(shard = %self.id, "the shard is back");
            self.teller.breaker(BreakerState::Closed);
        }
    }

    /// A call did not reach it.
    pub(super) fn failed(&self, pass: Pass, trouble: Trouble) {
        // A server without a connection to spare still serves those we have.
        let lately = |ago| ago < Duration::from_secs(1);
        if trouble == Trouble::Crowded && self.since_answer().is_some_and(lately) {
            return;
        }
        if pass.failed(Instant::now(), trouble) == Some(Change::Opened) {
            warn!(shard = %self.id, "the shard {trouble}; calls to it fail at once for now");
            self.teller.breaker(BreakerState::Open);
        }
    }

    fn answered(&self) {
        let now = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.answered.store(now.max(1), Ordering::Relaxed);
    }

    /// How long ago it last answered.
    pub(super) fn since_answer(&self) -> Option<Duration> {
        match self.answered.load(Ordering::Relaxed) {
            0 => None,
            at => Some(self.started.elapsed().saturating_sub(Duration::from_millis(at))),
        }
    }
}
