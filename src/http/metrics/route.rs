//! `/metrics`, as Prometheus reads it.

use prometheus::{TEXT_FORMAT, TextEncoder};
use rocket::{Route, State, get, http::ContentType, routes};

use super::Metrics;
use crate::{
    cluster::ShardedDb,
    http::{Problem, openapi::NotFound},
    ops::{Inspector, Monitor},
};

#[derive(utoipa::OpenApi)]
#[openapi(paths(metrics))]
pub(in crate::http) struct Docs;

pub(in crate::http) fn routes() -> Vec<Route> {
    routes![metrics]
}

/// Show the metrics
///
/// All that is counted, for Prometheus. A service whose configuration has
/// `public_metrics = true` shows it to everyone, and one with `metrics = false` to nobody.
#[get("/metrics")]
#[utoipa::path(
    get, path = "/metrics", tag = "metrics", operation_id = "showMetrics",
    responses(
        (status = 200, description = "Prometheus's text format, version 0.0.4", body = String,
            content_type = "text/plain"),
        NotFound,
    ),
)]
fn metrics(
    metrics: &State<Option<Metrics>>,
    db: &State<ShardedDb>,
    monitor: &State<Monitor>,
    inspector: &State<Inspector>,
) -> Result<(ContentType, String), Problem> {
    let Some(metrics) = metrics.inner() else {
        return Err(Problem::not_found("nothing is counted: `telemetry.metrics` is false"));
    };
    metrics.pools.read(db, monitor, inspector);
    let text = TextEncoder::new().encode_to_string(&metrics.registry.gather());
    let kind = ContentType::parse_flexible(TEXT_FORMAT).unwrap_or(ContentType::Plain);
    Ok((kind, text.map_err(Problem::internal)?))
}
