//! `/health`: is the process alive, can it serve, how is each shard.

use std::collections::BTreeMap;

use rocket::{Route, State, get, routes, serde::json::Json};
use serde_json::{Value, json};

use super::Problem;
use crate::{
    cluster::ShardedDb,
    ops::{Checkup, Health, ShardHealth},
};

pub(super) fn routes() -> Vec<Route> {
    routes![live, ready, shards]
}

/// The process answers; nothing more is asked, so that a database that is down
/// never makes an orchestrator restart it.
#[get("/health/live")]
fn live() -> Json<Value> {
    Json(json!({ "status": "live" }))
}

/// Every keyspace has a shard that can serve, and no shard is refused.
#[get("/health/ready")]
async fn ready(db: &State<ShardedDb>) -> Result<Json<Value>, Problem> {
    let health = Checkup::new(db.inner().clone()).run().await;
    let refused = |h: &&ShardHealth| matches!(h.health, Health::Unhealthy { refused: true, .. });
    if let Some(shard) = health.iter().find(refused) {
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
    Problem::unavailable("not-ready", "Not ready", detail)
}

#[get("/health/shards")]
async fn shards(db: &State<ShardedDb>) -> Json<BTreeMap<String, Value>> {
    let health = Checkup::new(db.inner().clone()).run().await;
    Json(health.iter().map(|h| (h.shard.to_string(), view(h))).collect())
}

fn view(shard: &ShardHealth) -> Value {
    match &shard.health {
        Health::Healthy { size, idle, latency, breaker } => json!({
            "healthy": true,
            "pool_size": size,
            "pool_free": idle,
            "latency_ms": latency.map(|latency| latency.as_secs_f64() * 1000.0),
            "backend": shard.backend.to_string(),
            "breaker": breaker.to_string(),
        }),
        Health::Unhealthy { error, .. } => json!({ "healthy": false, "error": error }),
    }
}
