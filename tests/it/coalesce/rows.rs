//! The service's rows, made to be told apart.

use shardwright::store::orders::Order;
use shardwright::store::types::{OrderId, OrderKey, TenantId, UserKey, UtcInstant};
use shardwright::store::users::User;

/// A user whose text is hard to put into an array.
pub(super) fn user(id: i64) -> User {
    User {
        id,
        name: format!(r#"{{"{id}",\NULL,'ü 🦀'}}"#),
        email: format!("{id}@example.org"),
        region: (id % 2 == 0).then(|| "NULL".to_owned()),
        created_at: UtcInstant::now(),
    }
}

pub(super) fn user_key(id: i64) -> UserKey {
    UserKey { id, region: None }
}

/// A new order of a tenant.
pub(super) fn order(tenant: &str, cents: i64) -> Order {
    Order {
        tenant_id: tenant.to_owned(),
        order_id: OrderId::new(),
        customer_id: format!(r#"{{"{cents}",\NULL,'ü 🦀'}}"#),
        status: "placed".to_owned(),
        total_cents: cents,
        currency: ["EUR", "USD"][usize::from(cents % 2 == 0)].to_owned(),
        created_at: UtcInstant::now(),
    }
}

pub(super) fn order_key(order: &Order) -> OrderKey {
    let tenant = TenantId::parse(&order.tenant_id).expect("a good name");
    OrderKey { tenant, order: order.order_id }
}
