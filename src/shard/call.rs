use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use diesel::{
    ConnectionError, QueryResult,
    result::{DatabaseErrorKind, Error as QueryError},
};

use super::{
    Access, Connect, Deadline, Fault, Refusal, ShardError, Trouble, Wait,
    breaker::Pass,
    budget::Seat,
    core::Core,
    slot::{Live, Slot},
    timing::Timing,
    watch::{Cut, Watch},
};

/// How long a shard must have had to show a sign of life before it is blamed for none.
const ENOUGH: Duration = Duration::from_millis(200);

/// The blocking part of a call: a connection, then the closure.
pub(super) struct Call {
    pub(super) access: Access,
    pub(super) deadline: Deadline,
    pub(super) pass: Option<Pass>,
    pub(super) watch: Arc<Watch>,
}

/// How trying it on one connection went.
enum Attempt<T> {
    Over(Result<T, ShardError>),
    /// The connection was dead before anything of the caller's was sent on it.
    Unsent(QueryError),
}

impl Call {
    pub(super) fn run<C: Connect, T>(
        mut self,
        core: &Core<C>,
        f: impl FnOnce(&mut C) -> QueryResult<T>,
    ) -> Result<T, ShardError> {
        let probe = self.pass.as_ref().is_some_and(Pass::is_probe);
        let mut timing = Timing::start(&core.teller, self.access, probe);
        self.in_time(core)?;
        let (mut slot, seat) = core.seat().ok_or_else(|| core.timeout(Wait::Connection))?;
        let outcome = self.try_twice(core, &mut slot, seat, &mut timing, &mut Some(f));
        // From here on the connection may become another call's, and is not ours to cut.
        if self.watch.is_over()
            && let Some(live) = &mut slot.live
        {
            live.lost = true;
        }
        outcome
    }

    fn try_twice<C: Connect, T>(
        &mut self,
        core: &Core<C>,
        slot: &mut Slot<C>,
        seat: Option<Seat>,
        timing: &mut Timing<'_>,
        f: &mut Option<impl FnOnce(&mut C) -> QueryResult<T>>,
    ) -> Result<T, ShardError> {
        if let Attempt::Over(outcome) = self.attempt(core, slot, seat, timing, f) {
            return outcome;
        }
        let seat = slot.live.take().and_then(Live::close);
        match self.attempt(core, slot, seat, timing, f) {
            Attempt::Over(outcome) => outcome,
            Attempt::Unsent(error) => {
                self.failed(core, Trouble::Lost);
                let source = ConnectionError::BadConnection(error.to_string());
                Err(ShardError::Connect { shard: core.id.clone(), source })
            }
        }
    }

    fn attempt<C: Connect, T>(
        &mut self,
        core: &Core<C>,
        slot: &mut Slot<C>,
        seat: Option<Seat>,
        timing: &mut Timing<'_>,
        f: &mut Option<impl FnOnce(&mut C) -> QueryResult<T>>,
    ) -> Attempt<T> {
        let live = match self.ready(core, slot, seat) {
            Ok(live) => live,
            Err(error) => return Attempt::Over(Err(error)),
        };
        let mut late = None;
        let limited = core.opener.limit_statements(live, self.deadline.remaining());
        self.watch.runs(live.connection.socket());
        timing.runs();
        let outcome = limited.and_then(|()| match self.access {
            Access::Write => live.connection.write(|conn| {
                // Beginning may have waited for another process's write.
                late = self.deadline.has_passed().then_some(Wait::Connection);
                if late.is_some() {
                    return rolled_back();
                }
                let done = run(f, conn)?;
                // Whoever asked is told that it may not have been done; so let it not be.
                late = self.deadline.has_passed().then_some(Wait::Statement);
                if late.is_none() { Ok(done) } else { rolled_back() }
            }),
            Access::Insert => live.connection.write_at_once(|conn| run(f, conn)),
            Access::Read | Access::Operate => run(f, &mut live.connection),
        });
        let outcome = match outcome {
            // It may have gone into a file that nobody will read.
            Ok(_) if self.access != Access::Read && !core.opener.is_in_place(live) => {
                Err(taken_away())
            }
            outcome => outcome,
        };
        match outcome {
            Err(error) if f.is_some() && Fault::of(&error) == Fault::Connection => {
                core.opener.lost(live);
                Attempt::Unsent(error)
            }
            outcome => {
                let settled = self.settle(core, live, outcome);
                timing.ran(live.used);
                Attempt::Over(late.map_or(settled, |wait| Err(core.timeout(wait))))
            }
        }
    }

    /// A connection on which the closure may begin.
    fn ready<'a, C: Connect>(
        &mut self,
        core: &Core<C>,
        slot: &'a mut Slot<C>,
        seat: Option<Seat>,
    ) -> Result<&'a mut Live<C>, ShardError> {
        let live = match core.fill(slot, seat, &self.watch) {
            Ok(live) => live,
            Err(source) => {
                match self.watch.cut_for() {
                    Some(_) => self.unheard(core),
                    None => self.failed(core, Trouble::of(&source)),
                }
                return Err(ShardError::Connect { shard: core.id.clone(), source });
            }
        };
        self.admit(core, live)?;
        // Whoever asked may have been answered by now: what has not begun is not done.
        self.in_time(core)?;
        self.watch.readies(live.connection.socket());
        Ok(live)
    }

    fn in_time<C: Connect>(&self, core: &Core<C>) -> Result<(), ShardError> {
        if self.deadline.has_passed() || self.watch.cut_for().is_some() {
            return Err(core.timeout(Wait::Connection));
        }
        Ok(())
    }

    /// A fresh connection proves itself before a request may use it.
    fn admit<C: Connect>(&mut self, core: &Core<C>, live: &mut Live<C>) -> Result<(), ShardError> {
        let Some(admission) = &core.admission else { return Ok(()) };
        if live.admitted.is_some() || self.access == Access::Operate {
            return Ok(());
        }
        self.watch.readies(live.connection.socket());
        match admission(&core.id, &mut live.connection) {
            Ok(held) => {
                live.admitted = Some(held);
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
        let fault = outcome.as_ref().err().map(Fault::of);
        if self.watch.cut_for().is_some() {
            // Whether the database is gone or only slow, a long statement does not tell by itself.
            if self.watch.wait() == Wait::Connection || self.tells() {
                self.unheard(core);
            }
        } else if fault == Some(Fault::Connection) {
            self.failed(core, Trouble::Lost);
        } else {
            self.succeeded(core);
        }
        if matches!(fault, Some(Fault::Connection | Fault::StalePlan)) {
            core.opener.lost(live);
        }
        outcome.map_err(|source| ShardError::Query { shard: core.id.clone(), source })
    }

    /// The call was cut while it waited for a sign of life.
    fn unheard<C: Connect>(&mut self, core: &Core<C>) {
        // That a caller had no time, or lost interest, is not the shard's fault.
        if self.watch.cut_for() == Some(Cut::Overdue) && self.watch.lasted() >= ENOUGH {
            self.failed(core, Trouble::Silent);
        }
    }

    /// Whether a statement without an answer says that there is nobody to answer.
    fn tells(&self) -> bool {
        self.pass.as_ref().is_some_and(|pass| pass.is_probe() || pass.is_suspect())
    }

    fn succeeded<C: Connect>(&mut self, core: &Core<C>) {
        core.succeeded(self.pass.take());
    }

    fn failed<C: Connect>(&mut self, core: &Core<C>, trouble: Trouble) {
        if let Some(pass) = self.pass.take() {
            core.failed(pass, trouble);
        }
    }
}

/// Runs the closure, which is there until it has been.
fn run<C, T>(
    f: &mut Option<impl FnOnce(&mut C) -> QueryResult<T>>,
    conn: &mut C,
) -> QueryResult<T> {
    f.take().map_or_else(rolled_back, |f| f(conn))
}

fn taken_away() -> QueryError {
    let words = "the shard's file was taken away meanwhile";
    QueryError::DatabaseError(DatabaseErrorKind::ClosedConnection, Box::new(words.to_owned()))
}

fn rolled_back<T>() -> QueryResult<T> {
    Err(QueryError::RollbackTransaction)
}
