use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use rocket::serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::schema::orders;

#[derive(Serialize, Queryable, Selectable, Insertable)]
// Without the last, no insert is kept as a prepared statement.
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
#[diesel(treat_none_as_default_value = false)]
pub(crate) struct Order {
    pub(crate) tenant_id: String,
    pub(crate) order_id: Uuid,
    pub(crate) customer_id: String,
    pub(crate) status: String,
    pub(crate) total_cents: i64,
    pub(crate) currency: String,
    pub(crate) created_at: DateTime<Utc>,
}

#[derive(Deserialize)]
pub(crate) struct NewOrder {
    pub(crate) tenant_id: String,
    pub(crate) customer_id: String,
    pub(crate) total_cents: i64,
    pub(crate) currency: String,
}

#[derive(Serialize)]
pub(crate) struct NewId {
    pub(crate) order_id: Uuid,
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
