//! What keeps a cluster fit: migrations over every shard, and health. Each is a
//! library first; the doors only call it.

mod health;
pub mod migrate;
pub mod moves;
mod readiness;
mod startup;
pub mod tables;

pub use health::{Checkup, Health, Monitor, ShardHealth, Watched};
pub use readiness::schema_admission;
pub use startup::{OnPending, StartError, fetch_latecomer, prepare};
