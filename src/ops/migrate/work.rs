//! One shard's part of a rollout, on its own connection.

use std::time::Instant;

use diesel::{connection::Connection, migration::Migration};

use super::{
    DdlLimits, Direction, Migrate, MigrateError, Options, Outcome, Progress, Source, Step, Task,
    error::is_contention, introduction, lock, plan,
};
use crate::{key::ShardId, ops::identity::Guard};

/// What one shard's work goes by.
pub(super) struct Work<'a, C: Connection> {
    pub(super) shard: &'a ShardId,
    pub(super) guard: &'a Guard,
    pub(super) source: &'a Source<C>,
    pub(super) options: &'a Options,
    pub(super) progress: &'a dyn Progress,
}

impl<C: Migrate> Work<'_, C> {
    /// Does the task under the shard's lock. Each step goes into `steps` as soon
    /// as it is done, so that a failure keeps what came before.
    pub(super) fn run(
        &self,
        conn: &mut C,
        task: Task,
        steps: &mut Vec<Step>,
    ) -> Result<Outcome, MigrateError> {
        let _held = introduction::hold(conn)?;
        let introduced = introduction::is_known(conn, self.guard, self.shard)?;
        // Looked at without the lock first: a shard with nothing to do waits for nobody.
        let wanted = plan::of(conn, self.source, task)?;
        if wanted.is_empty() && (introduced || task != Task::Run) {
            self.progress.started(self.shard, 0);
            return Ok(Outcome::Done);
        }
        let locked_out = || self.progress.locked_out(self.shard);
        let Options { patience, stop, .. } = self.options;
        let Some(_lock) = lock::wait(conn, *patience, stop, locked_out)? else {
            return Ok(Outcome::NotStarted);
        };
        if task == Task::Run && !introduced {
            let Self { guard, shard, options, progress, .. } = self;
            introduction::introduce(conn, guard, shard, options, *progress)?;
        }
        // Again, as whoever held the lock has changed things; and nothing beyond
        // what was wanted then, or two reverts at once would take back two.
        let mut planned = plan::of(conn, self.source, task)?;
        planned.retain(|(direction, migration)| {
            let name = migration.name().to_string();
            wanted.iter().any(|(way, other)| way == direction && other.name().to_string() == name)
        });
        self.progress.started(self.shard, planned.len());
        for (direction, migration) in planned {
            let began = Instant::now();
            let name = migration.name().to_string();
            self.progress.beginning(self.shard, &name);
            self.step(conn, direction, migration.as_ref(), &name)?;
            let version = migration.name().version().to_string();
            let step = Step { version, name, direction, took: began.elapsed() };
            self.progress.done(self.shard, &step);
            steps.push(step);
        }
        Ok(Outcome::Done)
    }

    /// One migration; tried again if it timed out on a lock and has left no trace.
    fn step(
        &self,
        conn: &mut C,
        direction: Direction,
        migration: &dyn Migration<C::Backend>,
        name: &str,
    ) -> Result<(), MigrateError> {
        let in_transaction = migration.metadata().run_in_transaction();
        let limits = &self.options.limits;
        // A source that can't show its text is given the benefit of the doubt.
        let text = self.source.sql(conn, name).map(|sql| match direction {
            Direction::Up => sql.up,
            Direction::Down => sql.down.unwrap_or_default(),
        });
        let says_so = |text: String| text.to_uppercase().contains("CONCURRENTLY");
        let concurrently = !in_transaction && text.is_none_or(says_so);
        for tried in 1.. {
            conn.limit(limits, concurrently).map_err(MigrateError::Session)?;
            // Diesel makes its table on the way if need be, which may have to wait too.
            let outcome = conn.applied_migrations().and_then(|_| match direction {
                Direction::Up => conn.run_migration(migration),
                Direction::Down => conn.revert_migration(migration),
            });
            match outcome {
                Ok(_) => return Ok(()),
                Err(error) if !in_transaction || !is_contention(&error) => {
                    return Err(MigrateError::failed(name, error));
                }
                Err(_) if tried > limits.retries || self.options.stop.is_requested() => {
                    return Err(MigrateError::LockTimeout { name: name.to_owned(), tried });
                }
                Err(_) => {
                    let wait = DdlLimits::back_off(tried);
                    self.progress.retrying(self.shard, name, tried, wait);
                    lock::pause(wait);
                }
            }
        }
        Ok(())
    }
}
