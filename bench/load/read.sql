\set n random(0, :orders - 1)
\set tenant :n % :tenants
\set id 100000000000 + :n
SELECT tenant_id, order_id, customer_id, status, total_cents, currency, created_at FROM orders WHERE tenant_id = 'tenant-' || :tenant AND order_id = ('00000000-0000-7000-8000-' || :id)::uuid;
