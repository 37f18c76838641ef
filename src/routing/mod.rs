//! Which shard a key lives on. Pure: no clock, no randomness, no I/O, no
//! database. One file a strategy; every one passes the suite in [`contract`].
//!
//! A key without a place is a [`RouteError`], never a guess and never a
//! broadcast.

mod build;
mod consistent_hash;
pub mod contract;
mod directory;
mod error;
mod fingerprint;
mod md5;
mod pieces;
mod pin;
mod range;
mod region;
mod ring;
mod router;
mod shape;
mod shares;

pub use build::{SharedRouter, build};
pub use consistent_hash::ConsistentHashRouter;
pub use directory::Directory;
pub use error::{RouteError, RuleError};
pub use fingerprint::{Fingerprint, FingerprintBuilder};
pub use pin::Pin;
pub use range::RangeRouter;
pub use region::RegionRouter;
pub use router::{Explanation, Router};
pub use shape::Shape;
pub use shares::RingShare;
