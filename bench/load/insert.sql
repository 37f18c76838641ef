\set tenant random(0, :tenants - 1)
\set customer random(0, 49999)
\set cents random(100, 999999)
\set high random(10000000, 99999999)
\set middle random(1000, 9999)
\set low random(100000000000, 999999999999)
INSERT INTO orders VALUES ('tenant-' || :tenant, (:high || '-' || :middle || '-7000-8000-' || :low)::uuid, 'customer-' || :customer, 'placed', :cents, 'EUR', now());
