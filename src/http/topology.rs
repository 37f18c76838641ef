//! `/topology`: the shards and the rules, never a URL.

use rocket::{Route, State, get, routes, serde::json::Json};
use serde_json::{Map, Value, json};

use super::openapi::TopologyView;
use crate::{
    cluster::{Keyspace, ShardedDb},
    config::{KeyspaceSettings, Rule, Sharding},
    key::ShardId,
};

#[derive(utoipa::OpenApi)]
#[openapi(paths(show))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

/// Show the shards and the rules
///
/// Never an address or a password.
#[get("/topology")]
#[utoipa::path(
    get, path = "/topology", tag = "placement", operation_id = "showTopology",
    responses((status = 200, description = "The shards and the rules", body = TopologyView)),
)]
fn show(db: &State<ShardedDb>, settings: &State<Sharding>) -> Json<Value> {
    let shards: Map<_, _> = db
        .shards()
        .iter()
        .map(|shard| {
            let backend = shard.backend().to_string();
            (shard.id().to_string(), json!({ "backend": backend }))
        })
        .collect();
    let keyspaces: Map<_, _> = db
        .keyspaces()
        .iter()
        .map(|keyspace| (keyspace.name.to_string(), describe(keyspace, db, settings)))
        .collect();
    Json(json!({ "shards": shards, "keyspaces": keyspaces }))
}

fn describe(keyspace: &Keyspace, db: &ShardedDb, settings: &Sharding) -> Value {
    let router = &keyspace.router;
    let shards: Vec<_> =
        router.shards().iter().map(|s| db.shards()[s.get()].id().to_string()).collect();
    let mut view = json!({
        "strategy": router.strategy(),
        "shards": shards,
        "fingerprint": router.fingerprint().to_string(),
    });
    // A router of the application's own has no settings to show.
    if let Some(configured) = settings.keyspaces.iter().find(|k| k.name == keyspace.name) {
        rule(configured, &mut view);
    }
    view
}

fn rule(keyspace: &KeyspaceSettings, view: &mut Value) {
    match &keyspace.rule {
        Rule::Range { entries, allow_gaps } => {
            let range = |e: &crate::config::RangeEntry| json!({ "start": e.range.start, "end": e.range.end, "shard": e.shard.as_str() });
            view["ranges"] = entries.iter().map(range).collect();
            view["allow_gaps"] = json!(allow_gaps);
        }
        Rule::Region { regions, default } => {
            view["regions"] = named(regions);
            view["default"] = json!(default.as_ref().map(ShardId::as_str));
        }
        Rule::ConsistentHash { virtual_nodes, shards } => {
            view["virtual_nodes"] = json!(virtual_nodes);
            let weights = shards.iter().map(|s| (s.shard.to_string(), json!(s.weight)));
            view["weights"] = Value::Object(weights.collect());
        }
    }
    if !keyspace.pins.is_empty() {
        view["pins"] = named(&keyspace.pins);
    }
    if let Some(file) = &keyspace.pins_file {
        view["pins_in_file"] = json!(file.len());
    }
}

fn named(entries: &[(String, ShardId)]) -> Value {
    Value::Object(entries.iter().map(|(name, id)| (name.clone(), json!(id.as_str()))).collect())
}
