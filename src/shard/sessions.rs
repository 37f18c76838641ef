use std::{any::Any, fmt, panic::resume_unwind, sync::Arc};

use futures::future::try_join_all;
use tokio::task::JoinError;

use super::{
    Connect, Session, Shard, ShardError, core::Core, file::Tenancy, opener::Opened, run::spawn,
};
use crate::key::ShardId;

/// An operator's connections, one to each of several shards: for work that has
/// to do with more than one database at a time, such as moving rows. Each is
/// outside its shard's pool, without a statement time-out, and not counted in
/// the cluster's `max_total`; they are closed when this is dropped.
pub struct Sessions<C: Connect> {
    shards: Vec<ShardId>,
    /// There but while work is being done on them.
    connections: Vec<C>,
    /// The files they have open.
    tenancies: Vec<Option<Tenancy>>,
    cores: Vec<Arc<Core<C>>>,
}

impl<C: Connect> Sessions<C> {
    /// Opens one on each, side by side.
    ///
    /// # Errors
    /// [`ShardError::Connect`] for one that can't be opened.
    pub async fn open(shards: &[&Shard<C>]) -> Result<Self, ShardError> {
        let open = |shard: &&Shard<C>| {
            let (core, session) = (Arc::clone(&shard.core), Session::operating(&shard.pool));
            async move {
                let id = core.id.clone();
                let opened = spawn(move || core.opener.open(&session)).await;
                let opened = opened.unwrap_or_else(|error| not_joined(error));
                opened.map_err(|source| ShardError::Connect { shard: id, source })
            }
        };
        let opened = try_join_all(shards.iter().map(open)).await?;
        let apart = |Opened { connection, tenancy }| (connection, tenancy);
        let (connections, tenancies) = opened.into_iter().map(apart).unzip();
        let cores = shards.iter().map(|shard| Arc::clone(&shard.core)).collect();
        let shards = shards.iter().map(|shard| shard.id().clone()).collect();
        Ok(Self { shards, connections, tenancies, cores })
    }

    /// Whose connections these are, in their order.
    #[must_use]
    pub fn shards(&self) -> &[ShardId] {
        &self.shards
    }

    /// Whether what was done on the connection to the shard of that place is in the shard's
    /// database: the file of an embedded one may have been taken away meanwhile.
    ///
    /// # Errors
    /// [`ShardError::Connect`]: its file is missing, or another is in its place.
    pub(crate) fn check(&self, place: usize) -> Result<(), ShardError> {
        let (core, tenancy) = (&self.cores[place], self.tenancies[place].as_ref());
        let checked = core.opener.check(tenancy);
        checked.map_err(|source| ShardError::Connect { shard: core.id.clone(), source })
    }

    /// Does work on a blocking thread, the connections in the order of
    /// [`shards`](Self::shards). A panic in the closure reaches the caller, and
    /// closes the connections; so does a caller that does not wait for the end.
    pub async fn run<T: Send + 'static>(
        &mut self,
        f: impl FnOnce(&mut [C]) -> T + Send + 'static,
    ) -> T {
        let connections = std::mem::take(&mut self.connections);
        let mut all = (connections, std::mem::take(&mut self.tenancies));
        let work = spawn(move || {
            let done = f(&mut all.0);
            (all, done)
        });
        match work.await {
            Ok((all, done)) => {
                (self.connections, self.tenancies) = all;
                done
            }
            Err(error) => not_joined(error),
        }
    }
}

/// A blocking thread that came back without an answer: it panicked, and the
/// caller shall too, or there is no runtime any more.
fn not_joined(error: JoinError) -> ! {
    let gone = |_| -> Box<dyn Any + Send> { Box::new("the runtime is going away") };
    resume_unwind(error.try_into_panic().unwrap_or_else(gone))
}

impl<C: Connect> fmt::Debug for Sessions<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("shards", &self.shards).finish_non_exhaustive()
    }
}
