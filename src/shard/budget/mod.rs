//! One budget of connections for all shards of a cluster.
//!
//! A *claim* is a call's right to a connection; a *seat* is a connection that is
//! open or being opened, and is given back when it is closed, whoever closes it.
//! A shard keeps as many reserved as it has claims or seats, whichever are more,
//! and never fewer than its minimum; what is reserved by all shards together
//! never passes the total. So whoever has a claim finds a connection or may open
//! one, and no one opens one too many.
//!
//! A shard with more seats than claims lends: one of its idle connections is
//! closed, and only when that is done is its place in the total another's.
//!
//! Not counted are the connections outside the pools, of which an operator's
//! work has one a shard: [`Shard::dedicated`](super::Shard::dedicated) and
//! [`Shard::look`](super::Shard::look).

mod attached;
mod books;
mod claim;
mod eviction;
mod farewell;
#[cfg(test)]
mod model;
mod place;
mod seat;
mod share;
#[cfg(test)]
mod tests;

pub use share::Share;
pub(super) use {
    attached::{Attached, Parting},
    claim::Claim,
    farewell::Farewell,
    seat::Seat,
};
