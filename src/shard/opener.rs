use std::{
    marker::PhantomData,
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use diesel::ConnectionResult;

use super::{
    Connect, Session,
    budget::{Attached, Parting, Seat},
    slot::{Live, Slot},
};
use crate::config::{Backend, DatabaseUrl};

/// How long an idle connection is taken to be alive without asking it.
const TRUSTED: Duration = Duration::from_secs(1);

/// Opens a shard's connections and tests those that may have died.
#[derive(Debug)]
pub(super) struct Opener<C> {
    url: DatabaseUrl,
    session: Session,
    /// Connections lost so far: when one dies its neighbours are suspect too.
    losses: AtomicU64,
    connection: PhantomData<fn() -> C>,
}

impl<C: Connect> Opener<C> {
    pub(super) fn new(url: DatabaseUrl, session: Session) -> Self {
        Self { url, session, losses: AtomicU64::new(0), connection: PhantomData }
    }

    /// The slot's connection, alive: tested if it has been idle for a while or
    /// another was lost since, opened if there is none. Blocks.
    ///
    /// `seat` is the new connection's place in the budget, where there is one.
    pub(super) fn fill<'a>(
        &self,
        slot: &'a mut Slot<C>,
        mut seat: Option<Seat>,
    ) -> ConnectionResult<&'a mut Live<C>> {
        let losses = self.losses.load(Ordering::Relaxed);
        if let Some(live) = &mut slot.live {
            let trusted = live.used.elapsed() < TRUSTED && live.losses == losses;
            live.losses = losses;
            if !trusted && live.connection.ping().is_err() {
                self.losses.fetch_add(1, Ordering::Relaxed);
                seat = slot.live.take().and_then(Live::close);
            }
        }
        let live = match slot.live.take() {
            Some(live) => live,
            None => Live {
                connection: Attached::new(self.open(&self.session)?, self.parting(&seat)),
                used: Instant::now(),
                losses,
                admitted: false,
                lost: false,
                seat,
            },
        };
        Ok(slot.live.insert(live))
    }

    /// Where sessions are counted, a server's own count matters too.
    fn parting(&self, seat: &Option<Seat>) -> Parting {
        match (seat, self.url.backend()) {
            (Some(_), Backend::Postgres) => Parting::Seen,
            _ => Parting::AtOnce,
        }
    }

    /// A connection outside the pool. Blocks.
    pub(super) fn open(&self, session: &Session) -> ConnectionResult<C> {
        C::open(&self.url, session)
    }

    /// A connection died in use, or its statements are out of date; its
    /// neighbours may be no better.
    pub(super) fn lost(&self, live: &mut Live<C>) {
        live.lost = true;
        self.losses.fetch_add(1, Ordering::Relaxed);
    }
}
