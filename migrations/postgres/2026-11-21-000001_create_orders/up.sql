CREATE TABLE orders (
    tenant_id   text        NOT NULL,
    order_id    uuid        NOT NULL,
    customer_id text        NOT NULL,
    status      text        NOT NULL CHECK (status IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled')),
    total_cents bigint      NOT NULL CHECK (total_cents >= 0),
    currency    char(3)     NOT NULL,
    created_at  timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, order_id)
);

-- A tenant's orders, newest first.
CREATE INDEX orders_newest_first ON orders (tenant_id, created_at DESC, order_id DESC);

-- The last 30 days over all tenants, answered from the index alone.
CREATE INDEX orders_recent ON orders (created_at) INCLUDE (currency, total_cents);

-- What a client's Idempotency-Key was first answered with; lives with its tenant.
CREATE TABLE order_requests (
    tenant_id       text        NOT NULL,
    idempotency_key text        NOT NULL,
    request         text        NOT NULL,
    order_id        uuid        NOT NULL,
    created_at      timestamptz NOT NULL,
    PRIMARY KEY (tenant_id, idempotency_key)
);
