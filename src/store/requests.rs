//! What a client's `Idempotency-Key` was first answered with. A row lives on
//! its tenant's shard and is written in the transaction of the order it tells
//! of, so the two are there together or not at all.

use diesel::prelude::*;

use super::{
    orders::{self, Order},
    schema::order_requests,
    types::{OrderId, UtcInstant},
};
use crate::shard::ShardConnection;

/// How an order under an idempotency key went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// The order was made just now.
    New,
    /// It had been made before, under this id.
    Before(OrderId),
    /// The key was used before for another request.
    KeyReused,
}

#[derive(Insertable)]
#[diesel(table_name = order_requests, treat_none_as_default_value = false)]
struct Request<'a> {
    tenant_id: &'a str,
    idempotency_key: &'a str,
    request: &'a str,
    order_id: OrderId,
    created_at: UtcInstant,
}

/// Stores the order unless the key was used before. `request` is what the
/// client asked for, in a form that is equal for equal requests.
///
/// Call it in a transaction. Of many at once the first to write the key makes
/// the order; the others wait for it to commit and then find its answer.
///
/// # Errors
/// Diesel's.
pub fn place(
    conn: &mut ShardConnection,
    key: &str,
    request: &str,
    order: &Order,
) -> QueryResult<Placed> {
    let row = Request {
        tenant_id: &order.tenant_id,
        idempotency_key: key,
        request,
        order_id: order.order_id,
        created_at: order.created_at,
    };
    if claim(conn, &row)? {
        orders::insert(conn, order)?;
        return Ok(Placed::New);
    }
    let (first_request, first_order) = order_requests::table
        .find((&order.tenant_id, key))
        .select((order_requests::request, order_requests::order_id))
        .first::<(String, OrderId)>(conn)?;
    Ok(if first_request == request { Placed::Before(first_order) } else { Placed::KeyReused })
}

/// Writes the row if its key is free. `ON CONFLICT` is one of the things that
/// need the backend by name.
fn claim(conn: &mut ShardConnection, row: &Request<'_>) -> QueryResult<bool> {
    let insert = diesel::insert_into(order_requests::table);
    let written = match conn {
        ShardConnection::Postgres(pg) => insert.values(row).on_conflict_do_nothing().execute(pg)?,
        ShardConnection::Sqlite(sqlite) => {
            insert.values(row).on_conflict_do_nothing().execute(sqlite)?
        }
    };
    Ok(written == 1)
}
