use std::sync::Arc;

use futures::future::join_all;

use super::{
    Migrate, MigrateError, Migrator, Options, Outcome, Progress, ShardReport, Task, work::Work,
};
use crate::{
    cluster::Error,
    key::ShardId,
    shard::{Shard, ShardError},
};

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
        let mut reports = Vec::new();
        for wave in canary.chunks(1).chain(rest.chunks(size)) {
            if options.stop.is_requested() || !reports.iter().all(ShardReport::is_done) {
                reports.extend(wave.iter().map(|shard| not_started(shard)));
                continue;
            }
            let work = wave.iter().map(|shard| self.one(shard, task, options, &progress));
            reports.extend(join_all(work).await);
        }
        Ok(reports)
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
        let (source, options) = (self.source().clone(), options.clone());
        let (name, watcher) = (shard.id().clone(), Arc::clone(progress));
        let ended = shard
            .dedicated(move |conn| {
                let mut steps = Vec::new();
                let work = Work {
                    shard: &name,
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

fn not_started<C: Migrate>(shard: &Shard<C>) -> ShardReport {
    ShardReport { shard: shard.id().clone(), steps: Vec::new(), outcome: Outcome::NotStarted }
}
