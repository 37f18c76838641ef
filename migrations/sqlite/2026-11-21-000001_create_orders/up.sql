-- order_id is the UUID's 16 bytes; created_at is UTC text of fixed width, so that it sorts.
CREATE TABLE orders (
    tenant_id   TEXT   NOT NULL,
    order_id    BLOB   NOT NULL CHECK (length(order_id) = 16),
    customer_id TEXT   NOT NULL,
    status      TEXT   NOT NULL CHECK (status IN ('placed', 'paid', 'shipped', 'delivered', 'cancelled')),
    total_cents BIGINT NOT NULL CHECK (total_cents >= 0),
    currency    TEXT   NOT NULL CHECK (length(currency) = 3),
    created_at  TEXT   NOT NULL,
    PRIMARY KEY (tenant_id, order_id)
);

-- A tenant's orders, newest first.
CREATE INDEX orders_newest_first ON orders (tenant_id, created_at DESC, order_id DESC);

-- The last 30 days over all tenants, answered from the index alone.
CREATE INDEX orders_recent ON orders (created_at, currency, total_cents);

-- What a client's Idempotency-Key was first answered with; lives with its tenant.
CREATE TABLE order_requests (
    tenant_id       TEXT NOT NULL,
    idempotency_key TEXT NOT NULL,
    request         TEXT NOT NULL,
    order_id        BLOB NOT NULL CHECK (length(order_id) = 16),
    created_at      TEXT NOT NULL,
    PRIMARY KEY (tenant_id, idempotency_key)
);
