//! The service as its callers see it: DESIGN's HTTP table, row by row, on both backends.

mod access;
mod addresses;
mod api;
mod fields;
mod file;
mod health;
mod idempotency;
mod index_only;
mod orders;
mod pages;
mod paging;
mod problems;
mod regions;
mod route;
mod stats;
mod steps;
mod topology;
mod unknown;
mod users;
mod wire;

use serde_json::{Value, json};

use crate::support::app::TestApp;
use crate::support::response::Response;

/// A new order of a tenant, as it is posted.
fn order_of(tenant: &str) -> Value {
    json!({ "tenant_id": tenant, "customer_id": "customer-1", "total_cents": 1999, "currency": "EUR" })
}

/// A new user, as it is posted.
fn user(id: i64) -> Value {
    json!({ "id": id, "name": "Ada", "email": "ada@example.org" })
}

/// Creates an order and gives its id.
async fn create(app: &TestApp, order: &Value) -> String {
    app.post("/orders", order).await.expect(201).str("order_id").to_owned()
}

/// The value of one member in every element of an array.
fn all(response: &Response, member: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    response.items().iter().map(|item| text(&item[member])).collect()
}

/// Text as one segment of a path.
fn segment(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}

/// The first `n` tenants named `tenant-0`, `tenant-1`, … that live on a shard.
async fn tenants_on(app: &TestApp, shard: &str, n: usize) -> Vec<String> {
    let mut found = Vec::new();
    for i in 0..1000 {
        let tenant = format!("tenant-{i}");
        if app.get(&format!("/route/orders/{tenant}")).await.str("shard") == shard {
            found.push(tenant);
        }
        if found.len() == n {
            return found;
        }
    }
    panic!("the ring gives {shard} fewer than {n} of 1000 tenants");
}
