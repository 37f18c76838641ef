//! What keeps a cluster fit: migrations over every shard, health, and every row
//! where its rule says. Each is a library first; the doors only call it.

mod health;
pub mod identity;
mod inspector;
mod launch;
pub mod migrate;
pub mod moves;
pub mod placement;
mod program;
mod readiness;
mod settlement;
mod startup;
pub mod tables;

pub use health::{Checkup, Health, Monitor, ShardHealth, Watched};
pub use inspector::{Count, Counted, Found, Inspect, Inspected, Inspection, Inspector, Tally};
pub use launch::Launch;
pub use program::{LaunchError, Program};
pub use readiness::schema_admission;
pub use settlement::{Misfits, UnsettledError};
pub use startup::{OnPending, StartError, confirm, fetch_latecomer, prepare};
