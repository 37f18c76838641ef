//! What the service measures: for Prometheus, and for its own dashboard.

mod latencies;
mod pools;
mod rate;
mod registry;
mod requests;
mod route;
mod scatters;
mod shards;
mod traffic;

pub(super) use registry::Metrics;
pub(super) use requests::Requests;
pub(super) use route::{Docs, routes};
pub use traffic::{ShardTraffic, Traffic};
