//! Which of the service's tables belong to which keyspace.

use super::types::{TenantId, UserKey};
use crate::{
    key::ShardBy,
    ops::tables::{KeyspaceTables, Table},
};

/// The tables of each keyspace, in the order their rows are copied in.
#[must_use]
pub fn declared() -> Vec<KeyspaceTables> {
    let orders =
        [Table::by_text("orders", "tenant_id"), Table::by_text("order_requests", "tenant_id")];
    let users = [Table::by_int("users", "id").with_region("region")];
    [KeyspaceTables::new(TenantId::KEYSPACE, orders), KeyspaceTables::new(UserKey::KEYSPACE, users)]
        .into_iter()
        .map(|declared| declared.expect("the service's keyspaces have good names"))
        .collect()
}
