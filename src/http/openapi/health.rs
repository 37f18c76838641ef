//! What `/health` answers.

use std::collections::BTreeMap;

use utoipa::ToSchema;

/// The process answers.
#[derive(ToSchema)]
#[schema(example = json!({ "status": "live" }))]
#[expect(dead_code, reason = "it is the shape of what the handler writes")]
pub(in crate::http) struct Live {
    /// Always `live`.
    #[schema(pattern = "^live$", example = "live")]
    status: String,
}

/// The service can serve.
#[derive(ToSchema)]
#[schema(example = json!({ "status": "ready" }))]
#[expect(dead_code, reason = "it is the shape of what the handler writes")]
pub(in crate::http) struct Ready {
    /// Always `ready`.
    #[schema(pattern = "^ready$", example = "ready")]
    status: String,
}

/// Every shard's health, by its name.
#[derive(ToSchema)]
#[schema(example = json!({
    "shard-0": { "healthy": true, "pool_size": 8, "pool_free": 6, "latency_ms": 0.41,
        "backend": "postgres", "breaker": "closed", "breaker_opened": 0,
        "since": "2026-11-21T16:00:00Z" },
    "shard-1": { "healthy": false, "error": "can't be reached", "backend": "postgres",
        "breaker": "open", "breaker_opened": 1, "since": "2026-11-21T16:20:04.120311Z" },
}))]
#[expect(dead_code, reason = "it is the shape of what the handler writes")]
pub(in crate::http) struct ShardsHealth(BTreeMap<String, ShardHealthView>);

/// A shard's health.
#[derive(ToSchema)]
#[schema(example = json!({
    "healthy": true, "pool_size": 8, "pool_free": 6, "latency_ms": 0.41,
    "backend": "postgres", "breaker": "closed", "breaker_opened": 0,
    "since": "2026-11-21T16:00:00Z",
}))]
#[expect(dead_code, reason = "it is the shape of what the handler writes")]
struct ShardHealthView {
    /// Whether requests to it can succeed.
    healthy: bool,
    /// Connections in its pool, if it is healthy.
    #[schema(required = false)]
    pool_size: u32,
    /// Those of them nobody uses, if it is healthy.
    #[schema(required = false)]
    pool_free: u32,
    /// How long the last probe took, if it is healthy; null if it was too busy to be probed.
    #[schema(minimum = 0)]
    latency_ms: Option<f64>,
    /// Why it is not healthy.
    #[schema(required = false)]
    error: String,
    backend: BackendName,
    breaker: BreakerName,
    /// How often its breaker has opened.
    breaker_opened: u64,
    /// Since when it is so.
    #[schema(format = DateTime, value_type = String)]
    since: (),
}

/// A kind of database.
#[derive(ToSchema)]
#[schema(as = Backend, rename_all = "lowercase")]
#[expect(dead_code, reason = "it is the shape of `config::Backend`")]
pub(super) enum BackendName {
    Postgres,
    Sqlite,
}

/// What a shard's breaker does with requests.
#[derive(ToSchema)]
#[schema(as = Breaker, rename_all = "kebab-case")]
#[expect(dead_code, reason = "it is the shape of `shard::BreakerState`")]
enum BreakerName {
    Closed,
    Open,
    HalfOpen,
}
