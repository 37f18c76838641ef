//! `/route`: where a key lives and why.

use rocket::{Route, get, routes, serde::json::Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Door, Problem,
    fields::line,
    openapi::{Invalid, NotFound, Region, ShardName},
    query::Query,
};
use crate::store::types::{ServiceKey, TenantId};

#[derive(utoipa::OpenApi)]
#[openapi(paths(show))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

/// Where a key lives.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "keyspace": "users", "key": "49999", "shard": "shard-0", "strategy": "range",
    "why": "key 49999 lies in the range ..50000 (start included, end not)",
}))]
struct Placement {
    /// The keyspace, as it was asked for.
    keyspace: String,
    /// The key, as it was asked for.
    key: String,
    /// Where it lives.
    shard: String,
    /// The rule's, or `directory` if the key is pinned.
    strategy: &'static str,
    /// Why it lives there, in words.
    why: String,
}

/// Say where a key lives and why
///
/// Whether it is stored there is not asked.
#[get("/route/<keyspace>/<key>")]
#[utoipa::path(
    get, path = "/route/{keyspace}/{key}", tag = "placement", operation_id = "explainRoute",
    params(
        ("keyspace" = String, Path, description = "`orders` or `users`", min_length = 1,
            example = "orders"),
        ("key" = inline(TenantId), Path,
            description = "A tenant's id, or a user's, which is a 64-bit whole number"),
        Region,
    ),
    responses(
        (status = 200, description = "Where it lives", body = Placement,
            headers(("X-Shard" = inline(ShardName)))),
        NotFound, Invalid,
    ),
)]
fn show(
    door: Door<'_>,
    keyspace: &str,
    key: &str,
    mut query: Query,
) -> Result<Json<Placement>, Problem> {
    let region = query.parsed("region", line(63));
    query.finish()?;
    door.db().keyspace(keyspace)?;
    let parsed = ServiceKey::parse(keyspace, key, region)
        .map_err(|message| Problem::invalid_field("key", message))?;
    let (shard, explanation) = door.db().explain(keyspace, &parsed.shard_key())?;
    door.served_by(shard);
    Ok(Json(Placement {
        keyspace: keyspace.to_owned(),
        key: key.to_owned(),
        shard: shard.to_string(),
        strategy: explanation.strategy,
        why: explanation.why,
    }))
}
