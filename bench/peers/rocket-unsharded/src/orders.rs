use chrono::Utc;
use diesel::prelude::*;
use rocket::{State, get, http::Status, post, response::status::Created, serde::json::Json};
use uuid::Uuid;

use crate::{
    db::Db,
    model::{NewId, NewOrder, Order},
    schema::orders,
};

#[get("/orders/<tenant>/<id>")]
pub(crate) async fn show(db: &State<Db>, tenant: String, id: &str) -> Result<Json<Order>, Status> {
    let id: Uuid = id.parse().map_err(|_| Status::UnprocessableEntity)?;
    let find = move |conn: &mut PgConnection| {
        orders::table.find((&tenant, id)).select(Order::as_select()).first(conn).optional()
    };
    db.run(find).await?.map(Json).ok_or(Status::NotFound)
}

#[get("/orders/<tenant>?<limit>&<offset>")]
pub(crate) async fn list(
    db: &State<Db>,
    tenant: String,
    limit: Option<i64>,
    offset: Option<i64>,
) -> Result<Json<Vec<Order>>, Status> {
    let list = move |conn: &mut PgConnection| {
        orders::table
            .filter(orders::tenant_id.eq(&tenant))
            .order((orders::created_at.desc(), orders::order_id.desc()))
            .limit(limit.unwrap_or(20).clamp(1, 100))
            .offset(offset.unwrap_or(0).max(0))
            .select(Order::as_select())
            .load(conn)
    };
    db.run(list).await.map(Json)
}

#[post("/orders", data = "<new>")]
pub(crate) async fn create(
    db: &State<Db>,
    new: Json<NewOrder>,
) -> Result<Created<Json<NewId>>, Status> {
    let new = new.into_inner();
    let order_id = Uuid::now_v7();
    let location = format!("/orders/{}/{order_id}", new.tenant_id);
    let order = Order {
        tenant_id: new.tenant_id,
        order_id,
        customer_id: new.customer_id,
        status: "placed".to_owned(),
        total_cents: new.total_cents,
        currency: new.currency,
        created_at: Utc::now(),
    };
    db.run(move |conn| diesel::insert_into(orders::table).values(&order).execute(conn)).await?;
    Ok(Created::new(location).body(Json(NewId { order_id })))
}
