//! What the service measures: for Prometheus, and for its own dashboard.

mod latencies;
mod rate;
mod traffic;

pub use traffic::{ShardTraffic, Traffic};
