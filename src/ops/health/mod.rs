//! How the shards are: asked now ([`Checkup`]), or watched all the time and
//! answered from memory ([`Monitor`]).

mod checkup;
mod monitor;
mod probe;
mod record;
mod report;
mod threshold;

pub use checkup::Checkup;
pub use monitor::Monitor;
pub(super) use monitor::lost;
pub(super) use probe::{Finding, probe};
pub use report::{Health, ShardHealth, Watched};
