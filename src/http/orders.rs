//! `/orders`: always under a tenant, always on the tenant's shard.

use rocket::{
    Route, delete, get, patch, post, response::status::NoContent, routes, serde::json::Json,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Door, Problem,
    body::Body,
    cursor::OrderCursor,
    fields::line,
    idempotency::IdempotencyKey,
    link::{Page, escaped},
    openapi::{
        BodyRefused, Conflict, IdempotencyHeader, Invalid, Limit, Link, NewOrderBody, NotFound,
        OneShard, OrderAddress, OrdersFrom, ShardName, StatusBody,
    },
    params,
    query::Query,
    view::Created,
};
use crate::store::{
    orders::{self, Order, PageStart, StatusChange},
    requests::{self, Placed},
    types::{OrderId, OrderKey, OrderStatus, TenantId, UtcInstant},
};

#[derive(utoipa::OpenApi)]
#[openapi(paths(create, list, show, change, remove))]
pub(super) struct Docs;

pub(super) fn routes() -> Vec<Route> {
    routes![create, list, show, change, remove]
}

/// The id of the order that was placed.
#[derive(Serialize, ToSchema)]
#[schema(as = PlacedOrder, example = json!({
    "order_id": "019a8d2c-5b7e-7c11-8d2a-3f6f2b9c1a40",
}))]
struct NewOrder {
    order_id: OrderId,
}

/// Place an order
///
/// It lives on its tenant's shard. With an `Idempotency-Key` the request can be repeated safely
/// until an answer comes.
#[post("/orders", data = "<body>")]
#[utoipa::path(
    post, path = "/orders", tag = "orders", operation_id = "placeOrder",
    params(IdempotencyHeader),
    request_body = NewOrderBody,
    responses(
        (status = 201, description = "The order is placed", body = NewOrder, headers(
            ("Location" = inline(OrderAddress)),
            ("X-Shard" = inline(ShardName)),
        )),
        BodyRefused, OneShard,
    ),
)]
async fn create(
    door: Door<'_>,
    key: Result<IdempotencyKey, Problem>,
    query: Query,
    body: Result<Body, Problem>,
) -> Result<Created<NewOrder>, Problem> {
    query.finish()?;
    let (tenant, order) = parse(body?)?;
    let created = |order_id: OrderId| Created {
        location: format!("/orders/{}/{order_id}", escaped(tenant.as_str())),
        body: NewOrder { order_id },
    };
    let new = order.order_id;
    let Some(key) = key?.0 else {
        door.insert(order).await?;
        return Ok(created(new));
    };
    // Equal for equal requests, whatever the order of the fields.
    let request = format!("{} {} {}", order.total_cents, order.currency, order.customer_id);
    let place = door.write(&tenant, move |conn| requests::place(conn, &key, &request, &order));
    match place.await? {
        Placed::New => Ok(created(new)),
        Placed::Before(first) => Ok(created(first)),
        Placed::KeyReused => Err(Problem::invalid_field(
            "Idempotency-Key",
            "was used before for another order; use a new key",
        )),
    }
}

fn parse(body: Body) -> Result<(TenantId, Order), Problem> {
    let mut fields = body.fields();
    let tenant = fields.parsed("tenant_id", TenantId::parse);
    let customer_id = fields.parsed("customer_id", line(255));
    let total_cents = fields.int("total_cents", 0..=i64::MAX);
    let currency = fields.parsed("currency", currency);
    fields.finish(|| {
        let tenant = tenant?;
        let order = Order {
            tenant_id: tenant.as_str().to_owned(),
            order_id: OrderId::new(),
            customer_id: customer_id?,
            status: OrderStatus::Placed.as_str().to_owned(),
            total_cents: total_cents?,
            currency: currency?,
            created_at: UtcInstant::now(),
        };
        Some((tenant, order))
    })
}

fn currency(text: &str) -> Result<String, &'static str> {
    if text.len() == 3 && text.bytes().all(|letter| letter.is_ascii_uppercase()) {
        Ok(text.to_owned())
    } else {
        Err("must be three capital letters, such as EUR (ISO 4217)")
    }
}

/// List a tenant's orders
///
/// Newest first.
#[get("/orders/<tenant>")]
#[utoipa::path(
    get, path = "/orders/{tenant_id}", tag = "orders", operation_id = "listOrders",
    params(("tenant_id" = inline(TenantId), Path), Limit, OrdersFrom),
    responses(
        (status = 200, description = "A page of them, which may be empty", body = [Order], headers(
            ("Link" = inline(Link)),
            ("X-Shard" = inline(ShardName)),
        )),
        Invalid, OneShard,
    ),
)]
async fn list(
    door: Door<'_>,
    tenant: Result<params::Tenant, Problem>,
    mut query: Query,
) -> Result<Page<Json<Vec<Order>>>, Problem> {
    let tenant = tenant?.0;
    let limit = query.int("limit", 1..=100).unwrap_or(20);
    let offset = query.int("offset", 0..=i64::MAX).unwrap_or(0);
    let after = query.parsed("after", str::parse::<OrderCursor>);
    query.finish()?;
    let start = PageStart { after: after.map(|OrderCursor(then, id)| (then, id)), offset };
    let of = tenant.clone();
    // One more than asked for tells whether there is a next page.
    let mut items =
        door.read(&tenant, move |conn| orders::list(conn, &of, start, limit + 1)).await?;
    let wanted = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = items.len() > wanted;
    items.truncate(wanted);
    let next = items.last().filter(|_| more).map(|last| {
        // What was left out lies before this page, so that the cursor says it all.
        let cursor = OrderCursor(last.created_at, last.order_id);
        format!("/orders/{}?limit={limit}&after={cursor}", escaped(tenant.as_str()))
    });
    Ok(Page { items: Json(items), next, headers: Vec::new() })
}

/// Show an order
///
/// A look at one shard, the tenant's, which the answer names.
#[get("/orders/<tenant>/<id>")]
#[utoipa::path(
    get, path = "/orders/{tenant_id}/{order_id}", tag = "orders", operation_id = "showOrder",
    params(("tenant_id" = inline(TenantId), Path), ("order_id" = inline(OrderId), Path)),
    responses(
        (status = 200, description = "The order", body = Order,
            headers(("X-Shard" = inline(ShardName)))),
        NotFound, Invalid, OneShard,
    ),
)]
async fn show(
    door: Door<'_>,
    tenant: Result<params::Tenant, Problem>,
    id: Result<params::Order, Problem>,
    query: Query,
) -> Result<Json<Order>, Problem> {
    query.finish()?;
    let (tenant, id) = (tenant?.0, id?.0);
    let order = door.find::<Order>(OrderKey { tenant, order: id }).await?;
    order.map(Json).ok_or_else(|| absent(id))
}

/// Move an order to another status
///
/// From `placed` to `paid`, `shipped` and `delivered`; to `cancelled` from `placed` and `paid`.
/// The status it has is allowed too, so that the request can be repeated.
#[patch("/orders/<tenant>/<id>", data = "<body>")]
#[utoipa::path(
    patch, path = "/orders/{tenant_id}/{order_id}", tag = "orders", operation_id = "moveOrder",
    params(("tenant_id" = inline(TenantId), Path), ("order_id" = inline(OrderId), Path)),
    request_body = StatusBody,
    responses(
        (status = 200, description = "The order as it is now", body = Order,
            headers(("X-Shard" = inline(ShardName)))),
        NotFound, Conflict, BodyRefused, OneShard,
    ),
)]
async fn change(
    door: Door<'_>,
    tenant: Result<params::Tenant, Problem>,
    id: Result<params::Order, Problem>,
    query: Query,
    body: Result<Body, Problem>,
) -> Result<Json<Order>, Problem> {
    query.finish()?;
    let (tenant, id) = (tenant?.0, id?.0);
    let mut fields = body?.fields();
    let status = fields.parsed("status", str::parse::<OrderStatus>);
    let status = fields.finish(|| status)?;
    let of = tenant.clone();
    let change = door.write(&tenant, move |conn| orders::set_status(conn, &of, id, status));
    match change.await? {
        StatusChange::Done(order) => Ok(Json(order)),
        StatusChange::Illegal(from) => {
            Err(Problem::conflict(format!("an order that is {from} can't become {status}")))
        }
        StatusChange::NotFound => Err(absent(id)),
    }
}

/// Remove an order
///
/// For good, whatever its status. One that is not there is answered with 404.
#[delete("/orders/<tenant>/<id>")]
#[utoipa::path(
    delete, path = "/orders/{tenant_id}/{order_id}", tag = "orders",
    operation_id = "removeOrder",
    params(("tenant_id" = inline(TenantId), Path), ("order_id" = inline(OrderId), Path)),
    responses(
        (status = 204, description = "It is gone",
            headers(("X-Shard" = inline(ShardName)))),
        NotFound, Invalid, OneShard,
    ),
)]
async fn remove(
    door: Door<'_>,
    tenant: Result<params::Tenant, Problem>,
    id: Result<params::Order, Problem>,
    query: Query,
) -> Result<NoContent, Problem> {
    query.finish()?;
    let (tenant, id) = (tenant?.0, id?.0);
    let of = tenant.clone();
    let gone = door.write(&tenant, move |conn| orders::delete(conn, &of, id)).await?;
    if gone { Ok(NoContent) } else { Err(absent(id)) }
}

fn absent(id: OrderId) -> Problem {
    Problem::not_found(format!("this tenant has no order {id}"))
}
