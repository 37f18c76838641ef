use std::{
    panic::resume_unwind,
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::QueryResult;
use tokio::{
    task::{JoinError, JoinHandle},
    time::timeout_at,
};

use super::{
    Access, Connect, Deadline, Session, Shard, ShardError,
    breaker::Pass,
    call::{Call, Progress},
    permit::Permit,
};

impl<C: Connect> Shard<C> {
    /// Runs the closure on a pooled connection, on a blocking thread.
    ///
    /// A caller that goes away loses nothing: the call runs to its end and
    /// gives back what it holds. A panic in the closure reaches the caller.
    ///
    /// # Errors
    /// [`ShardError`] says what failed, and on running out of time which wait
    /// it was.
    pub async fn run<T: Send + 'static>(
        &self,
        access: Access,
        deadline: Deadline,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, ShardError> {
        let pass = match access {
            Access::Operate => None,
            Access::Read | Access::Write => Some(self.pass()?),
        };
        let permit = self.permit(access, deadline).await?;
        self.call(access, deadline, pass, permit, f).await
    }

    /// Runs the closure if the shard has a turn to spare right now: for health
    /// checks, which must not stand in the queue they are measuring.
    ///
    /// # Errors
    /// As [`Shard::run`]; [`ShardError::Busy`] at once if there is no turn.
    pub async fn run_if_free<T: Send + 'static>(
        &self,
        deadline: Deadline,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, ShardError> {
        let pass = Some(self.pass()?);
        let permit = self.turn_if_free().ok_or_else(|| self.busy(Duration::ZERO))?;
        self.call(Access::Read, deadline, pass, permit, f).await
    }

    /// Runs the closure on a connection of its own, outside the pool and
    /// without a statement time-out: for work that holds a session, such as
    /// migrations. Not counted in the cluster's `max_total`.
    ///
    /// # Errors
    /// [`ShardError::Connect`] if it can't be opened; whatever the closure returns.
    pub async fn dedicated<T, E>(
        &self,
        f: impl FnOnce(&mut C) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<ShardError> + Send + 'static,
    {
        self.apart(Session::operating(&self.pool), f).await
    }

    /// As [`dedicated`](Self::dedicated), for looking only: a database that is
    /// not there yet is taken for an empty one, and not made.
    ///
    /// # Errors
    /// [`ShardError::Connect`] if it can't be opened; whatever the closure returns.
    pub async fn look<T, E>(
        &self,
        f: impl FnOnce(&mut C) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<ShardError> + Send + 'static,
    {
        self.apart(Session::looking(&self.pool), f).await
    }

    async fn apart<T, E>(
        &self,
        session: Session,
        f: impl FnOnce(&mut C) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<ShardError> + Send + 'static,
    {
        let core = Arc::clone(&self.core);
        let work = spawn(move || {
            let opened = core.opener.open(&session);
            let mut connection =
                opened.map_err(|source| ShardError::Connect { shard: core.id.clone(), source })?;
            f(&mut connection)
        });
        work.await.unwrap_or_else(|error| Err(self.not_joined(error).into()))
    }

    fn pass(&self) -> Result<Pass, ShardError> {
        self.breaker
            .pass(Instant::now())
            .map_err(|retry_after| ShardError::Open { shard: self.id().clone(), retry_after })
    }

    async fn permit(&self, access: Access, deadline: Deadline) -> Result<Permit, ShardError> {
        let asked = Instant::now();
        let patience = deadline.min(Deadline::after(self.pool.acquire_timeout));
        let permit = self.turn(access, patience).await;
        permit.ok_or_else(|| {
            if self.permits.is_closed() {
                ShardError::ShuttingDown { shard: self.id().clone() }
            } else {
                self.busy(asked.elapsed())
            }
        })
    }

    async fn call<T: Send + 'static>(
        &self,
        access: Access,
        deadline: Deadline,
        pass: Option<Pass>,
        permit: Permit,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, ShardError> {
        let progress = Progress::new();
        let call = Call { access, deadline, pass, progress: progress.clone() };
        let core = Arc::clone(&self.core);
        let work = spawn(move || {
            // Held until the connection is back in the pool, even by a panic.
            let _permit = permit;
            call.run(&core, f)
        });
        match timeout_at(Instant::from(deadline).into(), work).await {
            Ok(outcome) => outcome.unwrap_or_else(|error| Err(self.not_joined(error))),
            Err(_) => Err(self.core.timeout(progress.wait())),
        }
    }

    fn busy(&self, waited: Duration) -> ShardError {
        ShardError::Busy { shard: self.id().clone(), waited }
    }

    /// A blocking thread that came back without an answer: it panicked, and the
    /// caller shall too, or the runtime is going away.
    fn not_joined(&self, error: JoinError) -> ShardError {
        match error.try_into_panic() {
            Ok(panic) => resume_unwind(panic),
            Err(_) => ShardError::ShuttingDown { shard: self.id().clone() },
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one way to a blocking thread, behind a permit")]
pub(super) fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    tokio::task::spawn_blocking(work)
}
