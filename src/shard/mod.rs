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
#[cfg(all(feature = "postgres", feature = "sqlite"))]
mod connection;
mod core;
mod crew;
mod deadline;
mod drain;
mod error;
mod failure;
mod fault;
mod file;
mod knock;
mod leash;
mod observer;
#[cfg(not(all(feature = "postgres", feature = "sqlite")))]
mod only_connection;
mod opener;
mod permit;
#[cfg(feature = "postgres")]
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
#[cfg(feature = "sqlite")]
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
#[cfg(all(feature = "postgres", feature = "sqlite"))]
pub use connection::ShardConnection;
#[cfg(all(feature = "postgres", feature = "sqlite"))]
pub(crate) use connection::either;
pub use deadline::Deadline;
pub use error::{ShardError, Wait};
pub use failure::Failure;
pub use fault::Fault;
pub use observer::{Call, Observer, Scatter, ShardObserver};
#[cfg(not(all(feature = "postgres", feature = "sqlite")))]
pub use only_connection::ShardConnection;
pub use session::{Absent, Purpose, Session};
pub use sessions::Sessions;
pub use shard::{Access, PoolState, Shard};
pub use socket::SocketMark;
pub use teller::Telemetry;
pub use trouble::Trouble;
