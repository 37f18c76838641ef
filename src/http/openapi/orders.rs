//! What is sent to `/orders`.

use utoipa::{IntoParams, ToSchema};

use crate::store::types::{OrderStatus, TenantId};

/// An order as it is placed.
#[derive(ToSchema)]
#[schema(as = NewOrder, example = json!({
    "tenant_id": "tenant-abc", "customer_id": "customer-1", "total_cents": 1999,
    "currency": "EUR",
}))]
#[expect(dead_code, reason = "it is the shape of what the handler reads field by field")]
pub(in crate::http) struct NewOrderBody {
    tenant_id: TenantId,
    /// Who orders: a line of text.
    #[schema(
        min_length = 1,
        max_length = 255,
        pattern = r"^[^\u0000-\u001F\u007F-\u009F]+$",
        example = "customer-1"
    )]
    customer_id: String,
    /// The total in hundredths of the currency's unit.
    #[schema(minimum = 0, maximum = 9_223_372_036_854_775_807_i64, example = 1999)]
    total_cents: i64,
    /// The currency's three letters (ISO 4217).
    #[schema(min_length = 3, max_length = 3, pattern = "^[A-Z]{3}$", example = "EUR")]
    currency: String,
}

/// The status an order is to have.
#[derive(ToSchema)]
#[schema(as = StatusChange, example = json!({ "status": "paid" }))]
#[expect(dead_code, reason = "it is the shape of what the handler reads field by field")]
pub(in crate::http) struct StatusBody {
    status: OrderStatus,
}

/// Where a page of a tenant's orders begins.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "it is the shape of what the handler reads piece by piece")]
pub(in crate::http) struct OrdersFrom {
    /// How many to leave out first, from `after` on if that is there too. The more they are, the
    /// longer it takes; `after` by itself does not.
    #[param(required = false, minimum = 0, maximum = 9_223_372_036_854_775_807_i64, example = 0)]
    offset: i64,
    /// Where the page before ended: from its `Link` header, which holds the whole address.
    #[param(
        required = false,
        pattern = "^[0-9]{1,17}[.][0-9a-f]{32}$",
        example = "1763740800000000.019a8d2c5b7e7c118d2a3f6f2b9c1a40"
    )]
    after: String,
}
