//! `/stats`: sums over all shards, complete or said not to be.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use rocket::{Route, get, routes, serde::json::Json};
use serde::Serialize;

use super::{
    Door, Problem,
    door::complete,
    missing::{self, MissingView},
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

pub(super) fn routes() -> Vec<Route> {
    routes![show]
}

#[derive(Serialize)]
struct Stats {
    total_orders: u64,
    /// Cents of all currencies added up: what the articles show.
    total_revenue: i128,
    /// Cents by currency: what means something.
    by_currency: BTreeMap<String, i128>,
    since: UtcInstant,
    complete: bool,
    missing: Vec<MissingView>,
}

#[get("/stats")]
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
