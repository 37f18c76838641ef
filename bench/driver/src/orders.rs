//! The orders that are there before anything is measured, and no others.

use anyhow::{Context, Result};

use crate::servers::{Database, SHARDS, Servers};

/// How many orders there are.
pub(crate) const ORDERS: u32 = 200_000;
/// Whose they are, in turn.
pub(crate) const TENANTS: u32 = 2_000;

/// Order n is made 8 seconds after the one before: 200,000 of them in 18.5 days. Its id says n, so
/// that SQL can make it of a random number, and ids ascend with time, as a service's do.
const FILL: &str = "
    INSERT INTO orders
    SELECT 'tenant-' || n % {tenants},
           ('00000000-0000-7000-8000-' || (100000000000 + n))::uuid,
           'customer-' || n * 7919 % 50000,
           (ARRAY['placed', 'paid', 'shipped', 'delivered', 'cancelled'])[1 + n % 5],
           100 + n * 104729 % 999900,
           (ARRAY['EUR', 'USD', 'GBP'])[1 + n % 3],
           timestamptz '{until}' - interval '20 days' + n * interval '8 s' + interval '123457 us'
    FROM generate_series(0::bigint, {orders} - 1) n WHERE n % {tenants} = ANY ('{{list}}'::bigint[]);
    VACUUM (ANALYZE, FREEZE) orders;
    CHECKPOINT;";

/// The stored orders.
pub(crate) struct Orders {
    /// What was made later was inserted while measuring.
    until: String,
}

impl Orders {
    /// Fills every database; `shard_of` says by tenant where Shardwright looks for it.
    pub(crate) fn load(servers: &Servers, shard_of: &[usize]) -> Result<Self> {
        let until = servers.run(Database::Whole, "SELECT date_trunc('day', now())")?;
        for database in Servers::databases() {
            let here = |tenant: &u32| match database {
                Database::Shard(i) => shard_of[*tenant as usize] == i,
                Database::Whole => true,
            };
            let list: Vec<_> = (0..TENANTS).filter(here).map(|tenant| tenant.to_string()).collect();
            let sql = FILL
                .replace("{list}", &list.join(","))
                .replace("{tenants}", &TENANTS.to_string())
                .replace("{orders}", &ORDERS.to_string())
                .replace("{until}", &until);
            servers.run(database, &sql).context("orders could not be stored")?;
        }
        Ok(Self { until })
    }

    /// Removes what was inserted, so that the next run begins as this one did.
    pub(crate) fn restore(&self, servers: &Servers) -> Result<()> {
        let sql =
            format!("DELETE FROM orders WHERE created_at >= '{}'; VACUUM orders;", self.until);
        Servers::databases().try_for_each(|database| servers.run(database, &sql).map(drop))
    }
}

/// The path of the n-th order.
pub(crate) fn path(n: u32) -> String {
    format!("/orders/tenant-{}/00000000-0000-7000-8000-1{n:011}", n % TENANTS)
}

/// How many shards of how many tenants each: for the report.
pub(crate) fn spread(shard_of: &[usize]) -> [usize; SHARDS] {
    let mut counts = [0; SHARDS];
    shard_of.iter().for_each(|shard| counts[*shard] += 1);
    counts
}
