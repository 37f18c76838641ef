use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderName, StatusCode, header::LOCATION},
};
use chrono::Utc;
use uuid::Uuid;

use crate::{
    failure::Failure,
    model::{Created, NewOrder, Order, Page},
    shards::Shards,
};

const SHOW: &str = "SELECT tenant_id, order_id, customer_id, status, total_cents, currency, \
                    created_at FROM orders WHERE tenant_id = $1 AND order_id = $2";
const LIST: &str = "SELECT tenant_id, order_id, customer_id, status, total_cents, currency, \
                    created_at FROM orders WHERE tenant_id = $1 \
                    ORDER BY created_at DESC, order_id DESC LIMIT $2 OFFSET $3";
const INSERT: &str = "INSERT INTO orders (tenant_id, order_id, customer_id, status, total_cents, \
                      currency, created_at) VALUES ($1, $2, $3, 'placed', $4, $5, $6)";

pub(crate) async fn show(
    State(shards): State<Arc<Shards>>,
    Path((tenant, id)): Path<(String, Uuid)>,
) -> Result<Json<Order>, Failure> {
    let client = shards.of(&tenant).await?;
    let statement = client.prepare_cached(SHOW).await?;
    let row = client.query_opt(&statement, &[&tenant, &id]).await?;
    row.map(|row| Json(Order::from(&row))).ok_or(Failure::NotFound)
}

pub(crate) async fn list(
    State(shards): State<Arc<Shards>>,
    Path(tenant): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Order>>, Failure> {
    let client = shards.of(&tenant).await?;
    let statement = client.prepare_cached(LIST).await?;
    let limit = page.limit.unwrap_or(20).clamp(1, 100);
    let offset = page.offset.unwrap_or(0).max(0);
    let rows = client.query(&statement, &[&tenant, &limit, &offset]).await?;
    Ok(Json(rows.iter().map(Order::from).collect()))
}

pub(crate) async fn create(
    State(shards): State<Arc<Shards>>,
    Json(new): Json<NewOrder>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Created>), Failure> {
    let order_id = Uuid::now_v7();
    let client = shards.of(&new.tenant_id).await?;
    let statement = client.prepare_cached(INSERT).await?;
    let NewOrder { tenant_id, customer_id, total_cents, currency } = &new;
    client
        .execute(
            &statement,
            &[tenant_id, &order_id, customer_id, total_cents, currency, &Utc::now()],
        )
        .await?;
    let location = format!("/orders/{tenant_id}/{order_id}");
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(Created { order_id })))
}
