use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use futures::future::join_all;
use tokio::sync::Semaphore;

use super::{
    Migrate, MigrateError, Migrator, Options, Outcome, Progress, ShardReport, Task, work::Work,
};
use crate::{
    cluster::Error,
    key::ShardId,
    shard::{Shard, ShardError},
};

/// How many shards are worked on at a time, at most: memory stays flat however
/// many there are.
const AT_ONCE: usize = 16;

impl<C: Migrate> Migrator<C> {
    /// Does the task on every shard asked for: the canary alone, then wave
    /// after wave. The first failure, and a requested stop, keep further shards
    /// from being started; those under way are finished. One report a shard, in
    /// the order they were to be done.
    ///
    /// # Errors
    /// [`Error::UnknownShard`] if a shard asked for does not exist; nothing has
    /// been done then.
    pub async fn carry_out(
        &self,
        task: Task,
        options: &Options,
        progress: Arc<dyn Progress>,
    ) -> Result<Vec<ShardReport>, Error> {
        let shards = self.chosen(options)?;
        let size = options.wave.map_or(shards.len().max(1), usize::from);
        let (canary, rest) = match &options.canary {
            Some(_) => shards.split_at(1),
            None => shards.split_at(0),
        };
        if task == Task::Run
            && let Err(error) = self.found(&shards, options, &progress).await
        {
            return Ok(unfounded(&shards, error));
        }
        let mut reports = Vec::new();
        for wave in canary.chunks(1).chain(rest.chunks(size)) {
            if options.stop.is_requested() || !reports.iter().all(ShardReport::is_done) {
                reports.extend(wave.iter().map(|shard| not_started(shard)));
                continue;
            }
            reports.extend(self.wave(wave, task, options, &progress).await);
        }
        Ok(reports)
    }

    /// Shards side by side, a bounded number at a time, since each takes a thread
    /// and a connection.
    async fn wave(
        &self,
        shards: &[&Shard<C>],
        task: Task,
        options: &Options,
        progress: &Arc<dyn Progress>,
    ) -> Vec<ShardReport> {
        let turns = Semaphore::new(AT_ONCE);
        let failed = AtomicBool::new(false);
        let in_turn = async |shard: &Shard<C>| {
            // Never closed, so there is always a turn in the end.
            let _turn = turns.acquire().await;
            if failed.load(Ordering::Relaxed) || options.stop.is_requested() {
                return not_started(shard);
            }
            let report = self.one(shard, task, options, progress).await;
            failed.fetch_or(!report.is_done(), Ordering::Relaxed);
            report
        };
        join_all(shards.iter().map(|shard| in_turn(shard))).await
    }

    /// The shards asked for, each once, the canary first.
    pub(super) fn chosen(&self, options: &Options) -> Result<Vec<&Shard<C>>, Error> {
        let db = self.db();
        let mut chosen = Vec::new();
        if let Some(canary) = &options.canary {
            chosen.push(db.shard(canary)?);
        }
        let named: Vec<&ShardId> = if options.shards.is_empty() {
            db.shards().iter().map(Shard::id).collect()
        } else {
            options.shards.iter().collect()
        };
        for name in named {
            let shard = db.shard(name)?;
            if !chosen.iter().any(|other| other.id() == name) {
                chosen.push(shard);
            }
        }
        Ok(chosen)
    }

    async fn one(
        &self,
        shard: &Shard<C>,
        task: Task,
        options: &Options,
        progress: &Arc<dyn Progress>,
    ) -> ShardReport {
        let (source, guard) = (self.source().clone(), self.guard().clone());
        let options = options.clone();
        let (name, watcher) = (shard.id().clone(), Arc::clone(progress));
        let ended = shard
            .dedicated(move |conn| {
                let mut steps = Vec::new();
                let work = Work {
                    shard: &name,
                    guard: &guard,
                    source: &source,
                    options: &options,
                    progress: watcher.as_ref(),
                };
                let ended = work.run(conn, task, &mut steps);
                Ok::<_, ShardError>((steps, ended))
            })
            .await;
        let (steps, ended) =
            ended.unwrap_or_else(|error| (Vec::new(), Err(MigrateError::from(error))));
        let outcome = ended.unwrap_or_else(Outcome::Failed);
        let report = ShardReport { shard: shard.id().clone(), steps, outcome };
        progress.finished(&report);
        report
    }
}

/// The first shard tells why nothing could be begun.
fn unfounded<C: Migrate>(shards: &[&Shard<C>], error: MigrateError) -> Vec<ShardReport> {
    let mut reports: Vec<_> = shards.iter().map(|shard| not_started(shard)).collect();
    if let Some(first) = reports.first_mut() {
        first.outcome = Outcome::Failed(error);
    }
    reports
}

fn not_started<C: Migrate>(shard: &Shard<C>) -> ShardReport {
    ShardReport { shard: shard.id().clone(), steps: Vec::new(), outcome: Outcome::NotStarted }
}
