//! Diesel migrations over every shard of a cluster.
//!
//! Each shard is migrated under a lock of its own, on a connection of its own,
//! and reported by itself: one that fails takes nothing back from the others,
//! and a rerun finishes what is left. Afterwards the shards' live schemas are
//! compared: the one that differs is named with what differs.

mod backend;
mod drift;
mod error;
mod history;
mod introduction;
mod limits;
mod lock;
mod migrator;
mod options;
mod plan;
mod progress;
mod report;
mod rollout;
mod schema;
mod source;
mod status;
mod work;

pub use backend::Migrate;
pub(super) use drift::compare;
pub use drift::{Difference, Drift, Drifted};
pub use error::MigrateError;
pub use history::Applied;
pub use limits::DdlLimits;
pub use lock::Lock;
pub use migrator::Migrator;
pub(super) use migrator::at_one_moment;
pub use options::{Count, Options, Stop, Task};
pub use plan::{Plan, ShardPlan};
pub use progress::Progress;
pub use report::{Direction, Outcome, ShardReport, Step};
pub use schema::{Object, ObjectKind, Schema};
pub use source::{Source, Sql};
pub use status::{Known, ShardStatus, Status, status_on};
