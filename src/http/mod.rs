//! The service: one resource a file. A handler parses, asks the door for
//! its shard, and shows what came back; it knows no pool and no router.

mod access;
mod arrival;
mod auth;
mod body;
mod cursor;
mod dashboard;
mod door;
mod fields;
mod hangup;
mod health;
mod html;
mod idempotency;
mod kept;
mod link;
mod method;
mod metrics;
mod openapi;
mod orders;
mod params;
#[cfg(feature = "otlp")]
mod parent;
mod problems;
mod query;
mod reference;
mod route;
mod server;
mod stats;
mod topology;
mod traced;
mod users;
mod view;

use door::Door;
pub use metrics::{ShardTraffic, Traffic};
pub use openapi::openapi;
pub use server::{Service, ServiceError};

// What an application of one's own is made of, too.
use crate::web::{
    InFlight, Problem, ProblemKind, RequestId, RequestIds, ShardHeader, Way, WriteFailed, catchers,
    checks, grace, missing, problem,
};
