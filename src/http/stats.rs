//! `/stats`: sums over all shards, complete or said not to be.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rocket::{Route, get, routes, serde::json::Json};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Door, Problem,
    door::complete,
    missing::{self, MissingView},
    openapi::{EveryShard, Invalid, MissingShard, Partial, cents, cents_by_name},
    query::Query,
};
use crate::{
    cluster::merge::{Count, Merge, Sum, merge_all},
    store::{
        stats::{self, ByCurrency},
        types::{TenantId, UtcInstant},
    },
};

/// How far back the sums go.
const DAYS: i64 = 30;

#[derive(utoipa::OpenApi)]
#[openapi(paths(show))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

/// Sums over the last 30 days.
#[derive(Serialize, ToSchema)]
#[schema(example = json!({
    "total_orders": 3, "total_revenue": 5997, "by_currency": { "EUR": 3998, "USD": 1999 },
    "since": "2026-10-22T16:00:00Z", "complete": true, "missing": [],
}))]
struct Stats {
    /// How many orders.
    total_orders: u64,
    /// Cents of all currencies added up: what the articles show.
    #[schema(schema_with = cents)]
    total_revenue: i128,
    /// Cents by currency: what means something.
    #[schema(schema_with = cents_by_name)]
    by_currency: BTreeMap<String, i128>,
    /// The moment they begin at.
    since: UtcInstant,
    /// Whether all shards answered.
    complete: bool,
    /// Those that did not.
    #[schema(value_type = Vec<MissingShard>)]
    missing: Vec<MissingView>,
}

/// Add up the last 30 days
///
/// Over all shards, each currency by itself. If a shard does not answer there is no sum, but
/// with `partial=true` one of the others', which says who is missing.
#[get("/stats")]
#[utoipa::path(
    get, path = "/stats", tag = "stats", operation_id = "showStats",
    params(Partial),
    responses((status = 200, description = "The sums", body = Stats), Invalid, EveryShard),
)]
async fn show(door: Door<'_>, mut query: Query) -> Result<Json<Stats>, Problem> {
    let partial = query.flag("partial");
    query.finish()?;
    let since = UtcInstant::from(UtcInstant::now().get() - TimeDelta::days(DAYS));
    let gathered = door.scatter::<TenantId, _>(move |conn| stats::since(conn, since)).await;
    let (answered, missing) =
        if partial { gathered.partial()? } else { (complete(gathered)?, Vec::new()) };
    let per_shard = answered.into_iter().map(|(_, by_currency)| by_currency);
    let by_currency: ByCurrency = merge_all(per_shard)?.unwrap_or_default();
    let all = by_currency.values().try_fold((Count(0), Sum(0)), |all, one| all.merge(*one))?;
    Ok(Json(Stats {
        total_orders: all.0.0,
        total_revenue: all.1.0,
        by_currency: by_currency.into_iter().map(|(name, (_, sum))| (name, sum.0)).collect(),
        since,
        complete: missing.is_empty(),
        missing: missing::list(&missing),
    }))
}
