use std::collections::BTreeMap;

use chrono::{TimeDelta, Utc};
use diesel::{
    dsl::{count_star, sql},
    prelude::*,
    sql_types::BigInt,
};
use rocket::{State, get, http::Status, serde::json::Json};

use crate::{db::Db, model::Stats, schema::orders};

#[get("/stats")]
pub(crate) async fn show(db: &State<Db>) -> Result<Json<Stats>, Status> {
    let since = Utc::now() - TimeDelta::days(30);
    let sums = move |conn: &mut PgConnection| {
        orders::table
            .filter(orders::created_at.ge(since))
            .group_by(orders::currency)
            .select((
                orders::currency,
                count_star(),
                sql::<BigInt>("CAST(sum(total_cents) AS bigint)"),
            ))
            .load::<(String, i64, i64)>(conn)
    };
    let rows = db.run(sums).await?;
    let total_orders = rows.iter().map(|(_, orders, _)| orders).sum();
    let by_currency: BTreeMap<_, _> =
        rows.into_iter().map(|(currency, _, cents)| (currency, cents)).collect();
    let total_revenue = by_currency.values().sum();
    let missing = Vec::new();
    Ok(Json(Stats { total_orders, total_revenue, by_currency, since, complete: true, missing }))
}
