use bench_ring::Ring;
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool, PoolError},
    },
};

/// A pool for every shard, and the ring that says which.
pub(crate) struct Shards {
    ring: Ring,
    pub(crate) pools: Vec<Pool<AsyncPgConnection>>,
}

impl Shards {
    /// Opens every connection ahead of need, as the other peers do.
    pub(crate) async fn connect(
        urls: &str,
        size: usize,
    ) -> Result<Self, Box<dyn std::error::Error>> {
        let mut pools = Vec::new();
        for url in urls.split(',') {
            let mut config = ManagerConfig::default();
            // No round trip when a connection is taken.
            config.recycling_method = RecyclingMethod::Fast;
            let manager = AsyncDieselConnectionManager::new_with_config(url, config);
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
    pub(crate) async fn of(&self, tenant: &str) -> Result<Object<AsyncPgConnection>, PoolError> {
        self.pools[self.ring.route(tenant)].get().await
    }
}
