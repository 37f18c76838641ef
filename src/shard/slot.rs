use std::{
    convert::Infallible,
    marker::PhantomData,
    time::{Duration, Instant},
};

use super::{
    Connect, Held,
    budget::{Attached, Seat},
    file::Tenancy,
};

/// A place in the pool, with or without a connection in it.
///
/// The pool hands out places and never opens anything: r2d2 would do that on a
/// thread of its own, retry with back-off for the whole time-out and flatten
/// the cause to text. Here whoever needs the connection opens it, on the
/// blocking thread they hold a permit for, and gets the true error at once.
pub(super) struct Slot<C> {
    pub(super) live: Option<Live<C>>,
}

/// A connection and what is known of it.
pub(super) struct Live<C> {
    pub(super) connection: Attached<C>,
    /// When it last gave proof of life.
    pub(super) used: Instant,
    /// How long its database lets a statement take at present.
    pub(super) limit: Duration,
    /// The count of losses it has been tested since.
    pub(super) losses: u64,
    /// It died in use. Diesel's own `is_broken` misses this for a statement
    /// that failed while being prepared.
    pub(super) lost: bool,
    /// What it holds on to since it passed admission; none before. Stands below
    /// the connection: fields are dropped in their order.
    pub(super) admitted: Option<Held>,
    /// Which file it has open, if it is one's; below the connection too.
    pub(super) tenancy: Option<Tenancy>,
    /// Its place in the budget, if there is one; below the connection too.
    pub(super) seat: Option<Seat>,
}

impl<C> Live<C> {
    /// Closes the connection, and has its place in the budget for another.
    pub(super) fn close(self) -> Option<Seat> {
        drop(self.connection);
        self.seat
    }
}

/// What r2d2 manages for us: the number of places, which are idle and for how long.
#[derive(Debug)]
pub(super) struct Places<C>(PhantomData<fn() -> C>);

impl<C> Places<C> {
    pub(super) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C: Connect> r2d2::ManageConnection for Places<C> {
    type Connection = Slot<C>;
    type Error = Infallible;

    fn connect(&self) -> Result<Slot<C>, Infallible> {
        Ok(Slot { live: None })
    }

    /// Not asked at checkout: the opener tests, and only what needs testing.
    fn is_valid(&self, _: &mut Slot<C>) -> Result<(), Infallible> {
        Ok(())
    }

    fn has_broken(&self, slot: &mut Slot<C>) -> bool {
        std::thread::panicking()
            || slot.live.as_mut().is_none_or(|live| live.lost || live.connection.is_broken())
    }
}
