use std::{
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    time::Instant,
};

use diesel::QueryResult;
use tracing::{info, warn};

use super::{
    Access, Connect, Deadline, Fault, Refusal, ShardError, Wait,
    breaker::{Change, Pass},
    core::Core,
    slot::Live,
};

/// Which wait a call is in, told by its blocking thread to whoever waits for it.
#[derive(Debug, Clone)]
pub(super) struct Progress(Arc<AtomicU8>);

impl Progress {
    pub(super) fn new() -> Self {
        Self(Arc::new(AtomicU8::new(0)))
    }

    fn running(&self) {
        self.0.store(1, Ordering::Relaxed);
    }

    pub(super) fn wait(&self) -> Wait {
        match self.0.load(Ordering::Relaxed) {
            0 => Wait::Connection,
            _ => Wait::Statement,
        }
    }
}

/// The blocking part of a call: a connection, then the closure.
pub(super) struct Call {
    pub(super) access: Access,
    pub(super) deadline: Deadline,
    pub(super) pass: Option<Pass>,
    pub(super) progress: Progress,
}

impl Call {
    pub(super) fn run<C: Connect, T>(
        mut self,
        core: &Core<C>,
        f: impl FnOnce(&mut C) -> QueryResult<T>,
    ) -> Result<T, ShardError> {
        self.in_time(core, Wait::Connection)?;
        let (mut slot, seat) = core.seat().ok_or_else(|| core.timeout(Wait::Connection))?;
        let live = match core.opener.fill(&mut slot, seat) {
            Ok(live) => live,
            Err(source) => {
                self.failed(core);
                return Err(ShardError::Connect { shard: core.id.clone(), source });
            }
        };
        self.admit(core, live)?;
        // Whoever asked may have been answered by now: what has not begun is not done.
        self.in_time(core, Wait::Connection)?;
        self.progress.running();
        let mut late = false;
        let outcome = match self.access {
            // Beginning may have waited for another process's write.
            Access::Write => live.connection.write(|conn| {
                late = self.deadline.has_passed();
                if late { Err(diesel::result::Error::RollbackTransaction) } else { f(conn) }
            }),
            Access::Read | Access::Operate => f(&mut live.connection),
        };
        let settled = self.settle(core, live, outcome);
        if late { Err(core.timeout(Wait::Connection)) } else { settled }
    }

    fn in_time<C: Connect>(&self, core: &Core<C>, wait: Wait) -> Result<(), ShardError> {
        if self.deadline.has_passed() { Err(core.timeout(wait)) } else { Ok(()) }
    }

    /// A fresh connection proves itself before a request may use it.
    fn admit<C: Connect>(&mut self, core: &Core<C>, live: &mut Live<C>) -> Result<(), ShardError> {
        let Some(admission) = &core.admission else { return Ok(()) };
        if live.admitted || self.access == Access::Operate {
            return Ok(());
        }
        match admission(&core.id, &mut live.connection) {
            Ok(()) => {
                live.admitted = true;
                Ok(())
            }
            Err(Refusal::Unfit(reason)) => {
                // It answered: that it must not serve is no matter of reaching it.
                self.succeeded(core);
                Err(ShardError::Refused { shard: core.id.clone(), reason })
            }
            Err(Refusal::Query(error)) => self.settle(core, live, Err(error)),
        }
    }

    fn settle<C: Connect, T>(
        &mut self,
        core: &Core<C>,
        live: &mut Live<C>,
        outcome: QueryResult<T>,
    ) -> Result<T, ShardError> {
        live.used = Instant::now();
        match outcome.as_ref().err().map(Fault::of) {
            Some(Fault::Connection) => {
                core.opener.lost(live);
                self.failed(core);
            }
            Some(Fault::StalePlan) => {
                core.opener.lost(live);
                self.succeeded(core);
            }
            _ => self.succeeded(core),
        }
        outcome.map_err(|source| ShardError::Query { shard: core.id.clone(), source })
    }

    fn succeeded<C: Connect>(&mut self, core: &Core<C>) {
        core.answered();
        if self.pass.take().and_then(Pass::succeeded) == Some(Change::Closed) {
            info!(shard = %core.id, "the shard is back");
        }
    }

    fn failed<C: Connect>(&mut self, core: &Core<C>) {
        let change = self.pass.take().and_then(|pass| pass.failed(Instant::now()));
        if change == Some(Change::Opened) {
            warn!(shard = %core.id, "the shard can't be reached; calls to it fail at once for now");
        }
    }
}
