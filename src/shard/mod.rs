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
mod connect;
mod connection;
mod core;
mod deadline;
mod error;
mod fault;
mod opener;
mod permit;
mod postgres;
mod run;
mod session;
#[expect(clippy::module_inception, reason = "the floor is named for what it is about")]
mod shard;
mod slot;
mod sqlite;
mod warm;

pub use admission::{Admission, Refusal};
pub use breaker::{Breaker, BreakerState};
pub use budget::Share;
pub use connect::Connect;
pub use connection::ShardConnection;
pub use deadline::Deadline;
pub use error::{ShardError, Wait};
pub use fault::Fault;
pub use session::{Absent, Session};
pub use shard::{Access, PoolState, Shard};
