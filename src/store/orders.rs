//! Orders: always of one tenant, so always on one shard.

use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    schema::orders,
    types::{OrderId, OrderStatus, TenantId, UtcInstant},
};
use crate::shard::ShardConnection;

/// An order as stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Queryable, Insertable, ToSchema)]
#[diesel(table_name = orders, treat_none_as_default_value = false)]
#[schema(example = json!({
    "tenant_id": "tenant-abc", "order_id": "019a8d2c-5b7e-7c11-8d2a-3f6f2b9c1a40",
    "customer_id": "customer-1", "status": "paid", "total_cents": 1999, "currency": "EUR",
    "created_at": "2026-11-21T16:20:04.120311Z",
}))]
pub struct Order {
    /// Whose it is.
    #[schema(value_type = TenantId)]
    pub tenant_id: String,
    /// Its id, unique with its tenant.
    pub order_id: OrderId,
    /// Who ordered.
    #[schema(min_length = 1, max_length = 255, example = "customer-1")]
    pub customer_id: String,
    /// Where it stands, as [`OrderStatus`] writes it.
    #[schema(value_type = OrderStatus)]
    pub status: String,
    /// The total in hundredths of the currency's unit; never negative.
    #[schema(minimum = 0, example = 1999)]
    pub total_cents: i64,
    /// The currency's three letters (ISO 4217).
    #[schema(pattern = "^[A-Z]{3}$", example = "EUR")]
    pub currency: String,
    /// When it was placed.
    pub created_at: UtcInstant,
}

/// Where a page begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageStart {
    /// After the order made then, with that id; without one at the newest.
    pub after: Option<(UtcInstant, OrderId)>,
    /// How many orders from there on are left out.
    pub offset: i64,
}

/// How setting a status went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StatusChange {
    /// The order as it is now.
    Done(Order),
    /// It stands where no step leads to the status asked for.
    Illegal(String),
    /// There is no such order.
    NotFound,
}

/// Stores a new order.
///
/// # Errors
/// A unique violation if the tenant has an order of that id.
pub fn insert(conn: &mut ShardConnection, order: &Order) -> QueryResult<()> {
    let insert = diesel::insert_into(orders::table).values(order);
    typed!(conn, conn => insert.execute(conn).map(drop))
}

/// One order of a tenant.
///
/// # Errors
/// Diesel's.
pub fn find(
    conn: &mut ShardConnection,
    tenant: &TenantId,
    order: OrderId,
) -> QueryResult<Option<Order>> {
    let order = orders::table.find((tenant.as_str(), order));
    typed!(conn, conn => order.first(conn).optional())
}

/// A tenant's orders, newest first.
///
/// # Errors
/// Diesel's.
pub fn list(
    conn: &mut ShardConnection,
    tenant: &TenantId,
    start: PageStart,
    limit: i64,
) -> QueryResult<Vec<Order>> {
    let newest_first = orders::table
        .filter(orders::tenant_id.eq(tenant.as_str()))
        .order((orders::created_at.desc(), orders::order_id.desc()))
        .limit(limit)
        .offset(start.offset);
    match start.after {
        None => typed!(conn, conn => newest_first.load(conn)),
        // The first condition is what the index can use; the rest breaks ties.
        Some((then, id)) => {
            let after = newest_first
                .filter(orders::created_at.le(then))
                .filter(orders::created_at.lt(then).or(orders::order_id.lt(id)));
            typed!(conn, conn => after.load(conn))
        }
    }
}

/// Moves an order to a status if a legal step leads there: one conditional
/// statement, so that of two at once one sees the other's.
///
/// # Errors
/// Diesel's.
pub fn set_status(
    conn: &mut ShardConnection,
    tenant: &TenantId,
    order: OrderId,
    status: OrderStatus,
) -> QueryResult<StatusChange> {
    let from: Vec<_> = OrderStatus::ALL
        .into_iter()
        .filter(|from| from.may_become(status))
        .map(OrderStatus::as_str)
        .collect();
    let change = diesel::update(orders::table.find((tenant.as_str(), order)))
        .filter(orders::status.eq_any(from))
        .set(orders::status.eq(status.as_str()));
    let changed = typed!(conn, conn => change.execute(conn))?;
    Ok(match find(conn, tenant, order)? {
        Some(order) if changed == 1 => StatusChange::Done(order),
        Some(order) => StatusChange::Illegal(order.status),
        None => StatusChange::NotFound,
    })
}

/// Removes an order; whether there was one.
///
/// # Errors
/// Diesel's.
pub fn delete(conn: &mut ShardConnection, tenant: &TenantId, order: OrderId) -> QueryResult<bool> {
    let removal = diesel::delete(orders::table.find((tenant.as_str(), order)));
    Ok(typed!(conn, conn => removal.execute(conn))? == 1)
}
