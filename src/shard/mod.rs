//! One database: how it is reached, how many may use it at a time, and what
//! can go wrong. Blocking happens here and nowhere else.
//!
//! A call takes a *permit* (as many as the pool has connections), then a
//! blocking thread, then a connection, then runs its closure; it gives them
//! back in the opposite order, whatever happens in between.

mod admission;
mod breaker;
mod budget;
mod call;
mod coalesce;
mod connect;
mod connection;
mod core;
mod crew;
mod deadline;
mod drain;
mod error;
mod failure;
mod fault;
mod knock;
mod leash;
mod observer;
mod opener;
mod permit;
mod postgres;
mod probe;
mod run;
mod session;
mod sessions;
mod shape;
#[expect(clippy::module_inception, reason = "the floor is named for what it is about")]
mod shard;
mod slot;
mod slow;
mod socket;
mod spans;
mod sqlite;
mod teller;
mod timing;
mod trouble;
mod warm;
mod watch;

pub use admission::{Admission, Held, Refusal};
pub use breaker::{Breaker, BreakerState, Refused};
pub use budget::Share;
pub use coalesce::Row;
pub use connect::Connect;
pub use connection::ShardConnection;
pub(crate) use connection::either;
pub use deadline::Deadline;
pub use error::{ShardError, Wait};
pub use failure::Failure;
pub use fault::Fault;
pub use observer::{Call, Observer, Scatter, ShardObserver};
pub use session::{Absent, Session};
pub use sessions::Sessions;
pub use shard::{Access, PoolState, Shard};
pub use socket::SocketMark;
pub use teller::Telemetry;
pub use trouble::Trouble;
