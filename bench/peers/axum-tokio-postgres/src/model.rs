use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tokio_postgres::Row;
use uuid::Uuid;

#[derive(Serialize)]
pub(crate) struct Order {
    pub(crate) tenant_id: String,
    pub(crate) order_id: Uuid,
    pub(crate) customer_id: String,
    pub(crate) status: String,
    pub(crate) total_cents: i64,
    pub(crate) currency: String,
    pub(crate) created_at: DateTime<Utc>,
}

impl From<&Row> for Order {
    fn from(row: &Row) -> Self {
        Self {
            tenant_id: row.get(0),
            order_id: row.get(1),
            customer_id: row.get(2),
            status: row.get(3),
            total_cents: row.get(4),
            currency: row.get(5),
            created_at: row.get(6),
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct NewOrder {
    pub(crate) tenant_id: String,
    pub(crate) customer_id: String,
    pub(crate) total_cents: i64,
    pub(crate) currency: String,
}

#[derive(Serialize)]
pub(crate) struct Created {
    pub(crate) order_id: Uuid,
}

#[derive(Deserialize)]
pub(crate) struct Page {
    pub(crate) limit: Option<i64>,
    pub(crate) offset: Option<i64>,
}

#[derive(Serialize)]
pub(crate) struct Stats {
    pub(crate) total_orders: i64,
    pub(crate) total_revenue: i64,
    pub(crate) by_currency: BTreeMap<String, i64>,
    pub(crate) since: DateTime<Utc>,
    pub(crate) complete: bool,
    pub(crate) missing: Vec<String>,
}
