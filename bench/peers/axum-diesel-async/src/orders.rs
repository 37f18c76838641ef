use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderName, StatusCode, header::LOCATION},
};
use chrono::Utc;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use uuid::Uuid;

use crate::{
    failure::Failure,
    model::{Created, NewOrder, Order, Page},
    schema::orders,
    shards::Shards,
};

pub(crate) async fn show(
    State(shards): State<Arc<Shards>>,
    Path((tenant, id)): Path<(String, Uuid)>,
) -> Result<Json<Order>, Failure> {
    let mut conn = shards.of(&tenant).await?;
    let order = orders::table
        .find((&tenant, id))
        .select(Order::as_select())
        .first(&mut conn)
        .await
        .optional()?;
    order.map(Json).ok_or(Failure::NotFound)
}

pub(crate) async fn list(
    State(shards): State<Arc<Shards>>,
    Path(tenant): Path<String>,
    Query(page): Query<Page>,
) -> Result<Json<Vec<Order>>, Failure> {
    let mut conn = shards.of(&tenant).await?;
    let orders = orders::table
        .filter(orders::tenant_id.eq(&tenant))
        .order((orders::created_at.desc(), orders::order_id.desc()))
        .limit(page.limit.unwrap_or(20).clamp(1, 100))
        .offset(page.offset.unwrap_or(0).max(0))
        .select(Order::as_select())
        .load(&mut conn)
        .await?;
    Ok(Json(orders))
}

pub(crate) async fn create(
    State(shards): State<Arc<Shards>>,
    Json(new): Json<NewOrder>,
) -> Result<(StatusCode, [(HeaderName, String); 1], Json<Created>), Failure> {
    let order = Order {
        tenant_id: new.tenant_id,
        order_id: Uuid::now_v7(),
        customer_id: new.customer_id,
        status: "placed".to_owned(),
        total_cents: new.total_cents,
        currency: new.currency,
        created_at: Utc::now(),
    };
    let mut conn = shards.of(&order.tenant_id).await?;
    diesel::insert_into(orders::table).values(&order).execute(&mut conn).await?;
    let Order { tenant_id, order_id, .. } = order;
    let location = format!("/orders/{tenant_id}/{order_id}");
    Ok((StatusCode::CREATED, [(LOCATION, location)], Json(Created { order_id })))
}
