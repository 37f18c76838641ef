//! `/metrics`, as Prometheus reads it.

use prometheus::{TEXT_FORMAT, TextEncoder};
use rocket::{Route, State, get, http::ContentType, routes};

use super::Metrics;
use crate::{
    cluster::ShardedDb,
    http::Problem,
    ops::{Inspector, Monitor},
};

pub(in crate::http) fn routes() -> Vec<Route> {
    routes![metrics]
}

/// All that is counted, in Prometheus's text format.
#[get("/metrics")]
fn metrics(
    metrics: &State<Metrics>,
    db: &State<ShardedDb>,
    monitor: &State<Monitor>,
    inspector: &State<Inspector>,
) -> Result<(ContentType, String), Problem> {
    metrics.pools.read(db, monitor, inspector);
    let text = TextEncoder::new().encode_to_string(&metrics.registry.gather());
    let kind = ContentType::parse_flexible(TEXT_FORMAT).unwrap_or(ContentType::Plain);
    Ok((kind, text.map_err(Problem::internal)?))
}
