use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use deadpool_postgres::Pool;
use futures::future::try_join_all;

use crate::{failure::Failure, model::Stats, shards::Shards};

const SINCE: &str = "SELECT currency, count(*), sum(total_cents)::bigint FROM orders \
                     WHERE created_at >= $1 GROUP BY currency";

pub(crate) async fn show(State(shards): State<Arc<Shards>>) -> Result<Json<Stats>, Failure> {
    let since = Utc::now() - TimeDelta::days(30);
    let answers = try_join_all(shards.pools.iter().map(|pool| of(pool, since))).await?;
    let mut total_orders = 0;
    let mut by_currency = BTreeMap::new();
    for (currency, orders, cents) in answers.into_iter().flatten() {
        total_orders += orders;
        *by_currency.entry(currency).or_insert(0) += cents;
    }
    let total_revenue = by_currency.values().sum();
    let missing = Vec::new();
    Ok(Json(Stats { total_orders, total_revenue, by_currency, since, complete: true, missing }))
}

async fn of(pool: &Pool, since: DateTime<Utc>) -> Result<Vec<(String, i64, i64)>, Failure> {
    let client = pool.get().await?;
    let statement = client.prepare_cached(SINCE).await?;
    let rows = client.query(&statement, &[&since]).await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1), row.get(2))).collect())
}
