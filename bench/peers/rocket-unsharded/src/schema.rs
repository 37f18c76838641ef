diesel::table! {
    orders (tenant_id, order_id) {
        tenant_id -> Text,
        order_id -> Uuid,
        customer_id -> Text,
        status -> Text,
        total_cents -> BigInt,
        currency -> Text,
        created_at -> Timestamptz,
    }
}
