use bench_ring::Ring;
use deadpool_postgres::{Manager, ManagerConfig, Object, Pool, PoolError, RecyclingMethod};
use tokio_postgres::{Config, NoTls};

/// A pool for every shard, and the ring that says which.
pub(crate) struct Shards {
    ring: Ring,
    pub(crate) pools: Vec<Pool>,
}

impl Shards {
    /// Opens every connection ahead of need, as the other peers do.
    pub(crate) async fn connect(
        urls: &str,
        size: usize,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut pools = Vec::new();
        for url in urls.split(',') {
            // Fast: no round trip when a connection is taken.
            let config = ManagerConfig { recycling_method: RecyclingMethod::Fast };
            let manager = Manager::from_config(url.parse::<Config>()?, NoTls, config);
            let pool = Pool::builder(manager).max_size(size).build()?;
            let mut warm = Vec::new();
            for _ in 0..size {
                warm.push(pool.get().await?);
            }
            drop(warm);
            pools.push(pool);
        }
        Ok(Self { ring: Ring::new(pools.len()), pools })
    }

    /// A connection to the tenant's shard.
    pub(crate) async fn of(&self, tenant: &str) -> Result<Object, PoolError> {
        self.pools[self.ring.route(tenant)].get().await
    }
}
