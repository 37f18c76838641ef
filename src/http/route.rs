//! `/route`: where a key lives and why.

use rocket::{Route, get, routes, serde::json::Json};
use serde::Serialize;

use super::{Door, Problem, fields::line, query::Query};
use crate::store::types::ServiceKey;

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

#[derive(Serialize)]
struct Placement {
    keyspace: String,
    key: String,
    shard: String,
    strategy: &'static str,
    why: String,
}

#[get("/route/<keyspace>/<key>")]
fn show(
    door: Door<'_>,
    keyspace: &str,
    key: &str,
    mut query: Query,
) -> Result<Json<Placement>, Problem> {
    let region: Option<String> = query.parsed("region", line(63));
    query.finish()?;
    door.db().keyspace(keyspace)?;
    let parsed = ServiceKey::parse(keyspace, key, region.clone())
        .map_err(|message| Problem::invalid_field("key", message))?;
    // Also a keyspace that is not the service's own may be placed by region.
    let id = parsed.shard_key();
    let id = region.as_deref().map_or(id, |region| id.in_region(region));
    let (shard, explanation) = door.db().explain(keyspace, &id)?;
    door.served_by(shard);
    Ok(Json(Placement {
        keyspace: keyspace.to_owned(),
        key: key.to_owned(),
        shard: shard.to_string(),
        strategy: explanation.strategy,
        why: explanation.why,
    }))
}
