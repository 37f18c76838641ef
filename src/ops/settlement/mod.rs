//! The guard at the start of a service: are the rows of every keyspace where its
//! rule says? An empty keyspace takes on a new rule; one that holds rows does not.

mod error;
mod misfits;
mod settle;

pub use error::UnsettledError;
pub use misfits::Misfits;
pub(super) use settle::Settlement;
