//! What stands in a path, parsed or a problem.

use rocket::request::FromParam;

use super::Problem;
use crate::store::types::{OrderId, TenantId};

/// Characters of a UUID with its hyphens.
const HYPHENATED: usize = 36;

/// A tenant.
#[derive(Debug)]
pub(super) struct Tenant(pub(super) TenantId);

/// An order of a tenant's.
#[derive(Debug)]
pub(super) struct Order(pub(super) OrderId);

/// A user.
#[derive(Debug)]
pub(super) struct User(pub(super) i64);

impl FromParam<'_> for Tenant {
    type Error = Problem;

    fn from_param(text: &str) -> Result<Self, Problem> {
        let tenant = TenantId::parse(text).map(Self);
        tenant.map_err(|error| Problem::invalid_field("tenant_id", error.to_string()))
    }
}

impl FromParam<'_> for Order {
    type Error = Problem;

    fn from_param(text: &str) -> Result<Self, Problem> {
        // As RFC 9562 writes them; other spellings of an id would be other addresses of one thing.
        let id = (text.len() == HYPHENATED).then(|| text.parse().map(Self).ok()).flatten();
        id.ok_or_else(|| Problem::invalid_field("order_id", "must be a UUID"))
    }
}

impl FromParam<'_> for User {
    type Error = Problem;

    fn from_param(text: &str) -> Result<Self, Problem> {
        // A number has no `+`.
        let id = (!text.starts_with('+')).then(|| text.parse().map(Self).ok()).flatten();
        id.ok_or_else(|| Problem::invalid_field("id", "must be a 64-bit whole number"))
    }
}
