use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, extract::State};
use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::BigInt,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, pooled_connection::deadpool::Pool};
use futures::future::try_join_all;

use crate::{failure::Failure, model::Stats, schema::orders, shards::Shards};

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

async fn of(
    pool: &Pool<AsyncPgConnection>,
    since: DateTime<Utc>,
) -> Result<Vec<(String, i64, i64)>, Failure> {
    let mut conn = pool.get().await?;
    let rows = orders::table
        .filter(orders::created_at.ge(since))
        .group_by(orders::currency)
        .select((orders::currency, count_star(), sql::<BigInt>("CAST(sum(total_cents) AS bigint)")))
        .load(&mut conn)
        .await?;
    Ok(rows)
}
