//! What the service tells of its work: metrics, log lines, traces.

mod exposition;
mod json;
mod manual;
mod metrics;
mod off;
#[cfg(feature = "otlp")]
mod otlp;
mod outage;
mod service;
mod slow;
