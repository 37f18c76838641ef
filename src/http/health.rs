//! `/health`: is the process alive, can it serve, how is each shard.

use std::collections::BTreeMap;

use rocket::{Route, State, get, routes, serde::json::Json};
use serde_json::{Value, json};

use super::{
    Problem, ProblemKind,
    openapi::{Live, NotReady, Ready, ShardsHealth},
};
use crate::{
    cluster::ShardedDb,
    ops::{Health, Monitor, Watched},
    shard::{Shard, ShardConnection},
    store::types::UtcInstant,
};

#[derive(utoipa::OpenApi)]
#[openapi(paths(live, ready, shards))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    routes![live, ready, shards]
}

/// Is it alive?
///
/// The process answers; nothing more is asked, so that a database that is down
/// never makes an orchestrator restart it.
#[get("/health/live")]
#[utoipa::path(
    get, path = "/health/live", tag = "health", operation_id = "isLive",
    responses((status = 200, description = "It is", body = Live)),
)]
fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// Can it serve?
///
/// Every keyspace has a shard that can serve, and no shard is refused.
#[get("/health/ready")]
#[utoipa::path(
    get, path = "/health/ready", tag = "health", operation_id = "isReady",
    responses((status = 200, description = "It can", body = Ready), NotReady),
)]
fn ready(db: &State<ShardedDb>, monitor: &State<Monitor>) -> Result<Json<Value>, Problem> {
    let health: Vec<_> = monitor.snapshot().into_iter().map(|shard| shard.current).collect();
    if let Some(shard) = health.iter().find(|shard| shard.is_refused()) {
        return Err(not_ready(format!("shard {} is refused", shard.shard)));
    }
    for keyspace in db.keyspaces() {
        if !keyspace.router.shards().iter().any(|shard| health[shard.get()].is_healthy()) {
            return Err(not_ready(format!("no shard of keyspace {} answers", keyspace.name)));
        }
    }
    Ok(Json(json!({ "status": "ready" })))
}

fn not_ready(detail: String) -> Problem {
    Problem::unavailable(ProblemKind::NotReady, "Not ready", detail)
}

/// How is each shard?
///
/// As the monitor last saw them: no shard is asked, and so none is waited for.
#[get("/health/shards")]
#[utoipa::path(
    get, path = "/health/shards", tag = "health", operation_id = "showHealth",
    responses((status = 200, description = "Each shard, by its name", body = ShardsHealth)),
)]
fn shards(db: &State<ShardedDb>, monitor: &State<Monitor>) -> Json<BTreeMap<String, Value>> {
    let watched = monitor.snapshot();
    let view =
        |(watched, shard): (&Watched, &Shard<_>)| (shard.id().to_string(), view(watched, shard));
    Json(watched.iter().zip(db.shards()).map(view).collect())
}

fn view(watched: &Watched, shard: &Shard<ShardConnection>) -> Value {
    let mut view = match &watched.current.health {
        Health::Healthy { size, idle, latency, .. } => json!({
            "healthy": true,
            "pool_size": size,
            "pool_free": idle,
            "latency_ms": latency.map(|latency| latency.as_secs_f64() * 1000.0),
        }),
        Health::Unhealthy { error, .. } => json!({ "healthy": false, "error": error }),
    };
    view["backend"] = json!(shard.backend().to_string());
    let state = shard.state();
    view["breaker"] = json!(state.breaker.to_string());
    view["breaker_opened"] = json!(state.trips);
    view["since"] = json!(UtcInstant::from(watched.since));
    view
}
