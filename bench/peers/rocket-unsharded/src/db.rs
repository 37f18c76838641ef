use std::{error::Error, sync::Arc};

use diesel::{
    PgConnection, QueryResult,
    r2d2::{ConnectionManager, Pool},
};
use rocket::{
    http::Status,
    tokio::{sync::Semaphore, task::spawn_blocking},
};

/// The one database.
pub(crate) struct Db {
    pool: Pool<ConnectionManager<PgConnection>>,
    /// Requests wait here for their turn, and not on threads, as in Rocket's own `sync_db_pools`.
    turns: Arc<Semaphore>,
}

impl Db {
    /// All connections are opened now.
    pub(crate) fn connect(url: &str, size: u32) -> Result<Self, Box<dyn Error>> {
        let pool = Pool::builder()
            .max_size(size)
            // No round trip when a connection is taken.
            .test_on_check_out(false)
            .build(ConnectionManager::new(url))?;
        Ok(Self { pool, turns: Arc::new(Semaphore::new(usize::try_from(size)?)) })
    }

    /// Runs the closure on a blocking thread.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        f: impl FnOnce(&mut PgConnection) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, Status> {
        let turns = Arc::clone(&self.turns);
        let turn = turns.acquire_owned().await.map_err(|_| Status::ServiceUnavailable)?;
        let pool = self.pool.clone();
        let done = spawn_blocking(move || {
            let _turn = turn;
            let mut conn = pool.get().map_err(|_| Status::ServiceUnavailable)?;
            f(&mut conn).map_err(|_| Status::InternalServerError)
        });
        done.await.map_err(|_| Status::InternalServerError)?
    }
}
