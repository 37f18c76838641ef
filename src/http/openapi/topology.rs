//! What `/topology` answers.

use std::collections::BTreeMap;

use utoipa::ToSchema;

use super::health::BackendName;

/// The shards and the rules.
#[derive(ToSchema)]
#[schema(as = Topology, example = json!({
    "shards": { "shard-0": { "backend": "postgres" }, "shard-1": { "backend": "postgres" } },
    "keyspaces": {
        "users": { "strategy": "range", "shards": ["shard-0", "shard-1"],
            "fingerprint": "15d3a8e6cd2c271af73479a409d8e51b", "allow_gaps": false,
            "ranges": [ { "start": null, "end": 50000, "shard": "shard-0" },
                { "start": 50000, "end": null, "shard": "shard-1" } ] },
    },
}))]
#[expect(dead_code, reason = "it is the shape of what the handler writes")]
pub(in crate::http) struct TopologyView {
    /// The shards, by name.
    shards: BTreeMap<String, ShardView>,
    /// The keyspaces, by name.
    keyspaces: BTreeMap<String, KeyspaceView>,
}

/// A shard.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the shape of what the handler writes")]
struct ShardView {
    backend: BackendName,
}

/// A keyspace's rule. Which members there are depends on the strategy.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the shape of what the handler writes")]
struct KeyspaceView {
    /// `range`, `region`, `consistent_hash`, or the name of an application's own.
    strategy: String,
    /// The shards that the rule names.
    shards: Vec<String>,
    /// The digest of the rule: differs if and only if some key's place does.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    fingerprint: String,
    /// Of `range`: who has which keys.
    #[schema(required = false)]
    ranges: Vec<RangeView>,
    /// Of `range`: whether keys may belong to nobody.
    #[schema(required = false)]
    allow_gaps: bool,
    /// Of `region`: each region's shard.
    #[schema(required = false)]
    regions: BTreeMap<String, String>,
    /// Of `region`: the shard of all other regions, if there is one.
    default: Option<String>,
    /// Of `consistent_hash`: points a shard, for each unit of weight.
    #[schema(required = false)]
    virtual_nodes: u32,
    /// Of `consistent_hash`: each shard's weight.
    #[schema(required = false)]
    weights: BTreeMap<String, u32>,
    /// Keys that live elsewhere than their rule says, and where.
    #[schema(required = false)]
    pins: BTreeMap<String, String>,
    /// How many more are listed in a file.
    #[schema(required = false)]
    pins_in_file: u64,
}

/// Keys from `start` on and below `end`; null is without end.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it is the shape of what the handler writes")]
struct RangeView {
    #[schema(required = true)]
    start: Option<i64>,
    #[schema(required = true)]
    end: Option<i64>,
    shard: String,
}
