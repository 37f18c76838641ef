//! Diesel migrations over every shard of a cluster.
//!
//! Each shard is migrated under a lock of its own, on a connection of its own,
//! and reported by itself: one that fails takes nothing back from the others,
//! and a rerun finishes what is left.

mod backend;
mod error;
mod lock;
mod migrator;
mod one;
mod report;
mod status;

pub use backend::{Applied, Migrate};
pub use error::MigrateError;
pub use lock::Lock;
pub use migrator::{Migrations, Migrator};
pub use report::{ShardReport, Step};

pub use status::{Known, ShardStatus, Status, status_on};
