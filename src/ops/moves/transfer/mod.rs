//! The rows of some keys, from one database to another, verified.
//!
//! Copying, verifying and removing are operations of their own ([`Transfer`]); put
//! together they are [`copy_verified`] and [`remove_verified`], and both in turn
//! [`transfer`]. Rows are copied in one transaction at the target, which is durable
//! before the first of them is removed at the source. So a process or server that
//! is killed, at whatever moment, leaves each key only at the source, or complete
//! on both, or only at the target; and the next run can tell which.

mod backend;
mod batch;
mod error;
#[cfg(feature = "postgres")]
mod postgres;
#[cfg(feature = "sqlite")]
mod sqlite;
mod tally;
mod whole;

pub use backend::Transfer;
pub use batch::{Batch, RegionFilter};
pub use error::TransferError;
pub use tally::{Difference, KeySum, Tally};
pub use whole::{copy_verified, remove_verified, transfer};
