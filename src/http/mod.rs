//! The service: one resource a file. A handler parses, asks the door for
//! its shard, and shows what came back; it knows no pool and no router.

mod body;
mod catchers;
mod cursor;
mod dashboard;
mod door;
mod failure;
mod fields;
mod grace;
mod health;
mod idempotency;
mod in_flight;
mod link;
mod method;
mod metrics;
mod missing;
mod orders;
mod params;
#[cfg(feature = "otlp")]
mod parent;
mod problem;
mod query;
mod request_id;
mod route;
mod server;
mod stats;
mod topology;
mod traced;
mod users;
mod view;

use door::Door;
pub use in_flight::InFlight;
pub use metrics::{ShardTraffic, Traffic};
use problem::Problem;
pub use server::{Service, ServiceError};
