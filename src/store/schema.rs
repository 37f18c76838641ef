diesel::table! {
    use diesel::sql_types::{BigInt, Text};
    use crate::store::types::sql::{Instant, Uid};

    orders (tenant_id, order_id) {
        tenant_id -> Text,
        order_id -> Uid,
        customer_id -> Text,
        status -> Text,
        total_cents -> BigInt,
        currency -> Text,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::Text;
    use crate::store::types::sql::{Instant, Uid};

    order_requests (tenant_id, idempotency_key) {
        tenant_id -> Text,
        idempotency_key -> Text,
        request -> Text,
        order_id -> Uid,
        created_at -> Instant,
    }
}

diesel::table! {
    use diesel::sql_types::{BigInt, Nullable, Text};
    use crate::store::types::sql::Instant;

    users (id) {
        id -> BigInt,
        name -> Text,
        email -> Text,
        region -> Nullable<Text>,
        created_at -> Instant,
    }
}
