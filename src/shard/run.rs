use std::{panic::resume_unwind, sync::Arc, time::Instant};

use diesel::QueryResult;
use tokio::task::{JoinError, JoinHandle};
use tracing::Instrument;

use super::{
    Access, Connect, Deadline, Purpose, Session, Shard, ShardError, Wait,
    breaker::{Pass, Refused},
    call::Call,
    leash::Leash,
    permit::Permit,
    watch::Watch,
};

impl<C: Connect> Shard<C> {
    /// Runs the closure on a pooled connection, on a blocking thread.
    ///
    /// The call ends by its deadline: its connection is cut, and the server
    /// ends the statement. A caller that goes away loses nothing: a write runs
    /// to its end (if the process does not end: [`drain`](Self::drain)), a read is cut, and each gives back what it holds. A panic in
    /// the closure reaches the caller.
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
        let began = self.core.teller.clock();
        let outcome = self.attempt(access, deadline, f).await;
        self.core.teller.called(access, began, &outcome);
        outcome
    }

    /// The same, for who tells of it.
    pub(super) async fn attempt<T: Send + 'static>(
        &self,
        access: Access,
        deadline: Deadline,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, ShardError> {
        let pass = match access {
            Access::Operate => None,
            Access::Read | Access::Insert | Access::Write => Some(self.pass()?),
        };
        let permit = self.permit(access, deadline).await?;
        self.call(access, deadline, pass, permit, f).await
    }

    /// Runs the closure on a connection of its own, outside the pool and
    /// without a statement time-out: for work that holds a session, such as
    /// migrations. Not counted in the cluster's `max_total`.
    ///
    /// # Errors
    /// [`ShardError::Connect`] if it can't be opened, or if meanwhile its file was removed
    /// or replaced; whatever the closure returns.
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

    /// As [`look`](Self::look), but a database that is not there is an error.
    ///
    /// # Errors
    /// [`ShardError::Connect`] if it can't be opened; whatever the closure returns.
    pub(crate) async fn examine<T, E>(
        &self,
        f: impl FnOnce(&mut C) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<ShardError> + Send + 'static,
    {
        self.apart(Session::examining(&self.pool), f).await
    }

    /// As [`look`](Self::look), for as long as it takes: for reading whole tables.
    ///
    /// # Errors
    /// [`ShardError::Connect`] if it can't be opened; whatever the closure returns.
    pub async fn survey<T, E>(
        &self,
        f: impl FnOnce(&mut C) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<ShardError> + Send + 'static,
    {
        self.apart(Session::surveying(&self.pool), f).await
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
            let unreached = |source| ShardError::Connect { shard: core.id.clone(), source };
            let mut opened = core.opener.open(&session).map_err(unreached)?;
            let done = f(&mut opened.connection)?;
            if session.purpose == Purpose::Work {
                core.opener.check(opened.tenancy.as_ref()).map_err(unreached)?;
            }
            Ok(done)
        });
        work.await.unwrap_or_else(|error| Err(self.not_joined(error).into()))
    }

    pub(super) fn pass(&self) -> Result<Pass, ShardError> {
        self.breaker.pass(Instant::now()).map_err(|refused| {
            let Refused { retry_after, trouble } = refused;
            ShardError::Open { shard: self.id().clone(), retry_after, trouble }
        })
    }

    async fn permit(&self, access: Access, deadline: Deadline) -> Result<Permit, ShardError> {
        let asked = Instant::now();
        let patience = deadline.min(Deadline::after(self.pool.acquire_timeout));
        let permit = {
            let _pending = self.permits.count_in();
            let span = self.core.teller.turn_span(access);
            self.permits.acquire(access, patience).instrument(span).await
        };
        if permit.is_some()
            && let Some(now) = self.core.teller.clock()
        {
            self.core.teller.had_turn(access, Some(asked), now);
        }
        // One that came with the last of the time is of no use.
        permit.filter(|_| !deadline.has_passed()).ok_or_else(|| self.without_turn(asked, deadline))
    }

    /// Why no turn has come.
    pub(super) fn without_turn(&self, asked: Instant, deadline: Deadline) -> ShardError {
        let shard = self.id().clone();
        if self.permits.is_closed() {
            ShardError::ShuttingDown { shard }
        } else if deadline.has_passed() {
            ShardError::Timeout { shard, wait: Wait::Permit }
        } else {
            ShardError::Busy { shard, waited: asked.elapsed() }
        }
    }

    pub(super) async fn call<T: Send + 'static>(
        &self,
        access: Access,
        deadline: Deadline,
        pass: Option<Pass>,
        permit: Permit,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, ShardError> {
        let watch = Arc::new(Watch::default());
        let leash = Leash::new(Arc::clone(&watch), access, deadline);
        let call = Call { access, deadline, pass, watch };
        let core = Arc::clone(&self.core);
        let span = self.core.teller.here();
        let work = self.crew.spawn(move || {
            let _span = span.enter();
            // Held until the connection is back in the pool, even by a panic.
            let _permit = permit;
            call.run(&core, f)
        });
        match leash.hold(work).await {
            Ok(Ok(outcome)) => outcome.unwrap_or_else(|panic| resume_unwind(panic)),
            // No thread was to be had.
            Ok(Err(_)) => Err(self.without_turn(Instant::now(), deadline)),
            Err(wait) => Err(self.core.timeout(wait)),
        }
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

#[expect(
    clippy::disallowed_methods,
    reason = "operators' work, and closing what is idle: a thread of the runtime's"
)]
pub(super) fn spawn<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> JoinHandle<T> {
    tokio::task::spawn_blocking(work)
}
