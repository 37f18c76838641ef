use std::{sync::Arc, time::Duration};

use thiserror::Error;
use tracing::{info, warn};

use super::{
    Checkup,
    health::check,
    migrate::{Migrate, MigrateError, Migrator, Options, Outcome, ShardReport, ShardStatus, Task},
};
use crate::{
    cluster::{Error, ShardedDb},
    key::ShardId,
};

/// How often a shard that was away at the start is looked for.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// Whether a start may change schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnPending {
    /// Apply pending migrations.
    Migrate,
    /// Refuse the start and name the command.
    Refuse,
}

/// A shard that answers and is not fit to serve.
#[derive(Debug, Error)]
pub enum StartError {
    /// Its schema is behind the binary.
    #[error(
        "shard {shard} is behind: it lacks {pending} of the migrations; run `shardwright migration run`"
    )]
    Pending {
        /// The shard.
        shard: ShardId,
        /// How many migrations it lacks.
        pending: usize,
    },
    /// Migrating it failed.
    #[error("shard {shard} could not be migrated; mend it and run `shardwright migration run`")]
    Migrate {
        /// The shard.
        shard: ShardId,
        /// Why.
        source: MigrateError,
    },
    /// The migrator works on another cluster.
    #[error(transparent)]
    Cluster(#[from] Error),
}

/// Makes the cluster ready to serve: every shard that answers is at the
/// binary's schema when this returns. Shards that don't answer hold up nobody;
/// they come back as the result, for [`fetch_latecomer`].
///
/// # Errors
/// [`StartError`] for the first shard that answers and can't serve.
pub async fn prepare<C: Migrate>(
    db: &ShardedDb<C>,
    migrator: &Migrator<C>,
    on_pending: OnPending,
) -> Result<Vec<ShardId>, StartError> {
    let (present, mut absent) = reachable(db).await;
    let present = Options::on(&present);
    match on_pending {
        OnPending::Migrate => {
            for report in run(migrator, &present).await? {
                match report.outcome {
                    Outcome::Failed(error) if error.may_pass() => absent.push(report.shard),
                    Outcome::Failed(source) => {
                        return Err(StartError::Migrate { shard: report.shard, source });
                    }
                    Outcome::Done | Outcome::NotStarted => {}
                }
            }
        }
        OnPending::Refuse => {
            let statuses = match present.shards.is_empty() {
                true => Vec::new(),
                false => migrator.status(&present).await?,
            };
            for ShardStatus { shard, status } in statuses {
                match status {
                    Ok(status) if status.pending().count() > 0 => {
                        let pending = status.pending().count();
                        return Err(StartError::Pending { shard, pending });
                    }
                    Err(error) if error.may_pass() => absent.push(shard),
                    Err(source) => return Err(StartError::Migrate { shard, source }),
                    Ok(_) => {}
                }
            }
        }
    }
    for shard in &absent {
        warn!(%shard, "the shard does not answer; serving without it until it does");
    }
    Ok(absent)
}

/// Waits for a shard that was away at the start and migrates it when it comes
/// back. Until then, and if it can't be migrated, admission keeps requests off it.
///
/// # Errors
/// [`StartError::Cluster`] if the cluster has no such shard.
pub async fn fetch_latecomer<C: Migrate>(
    db: ShardedDb<C>,
    migrator: Migrator<C>,
    absent: ShardId,
) -> Result<(), StartError> {
    let only = Options::on(std::slice::from_ref(&absent));
    loop {
        tokio::time::sleep(LOOK_AGAIN).await;
        if !check(db.shard(&absent)?).await.answers() {
            continue;
        }
        let reports = run(&migrator, &only).await?;
        // One that can't be migrated is its operator's now: trying again and
        // again would only fill the log.
        if !reports.iter().filter_map(ShardReport::error).any(MigrateError::may_pass) {
            return Ok(());
        }
    }
}

async fn run<C: Migrate>(
    migrator: &Migrator<C>,
    options: &Options,
) -> Result<Vec<ShardReport>, StartError> {
    // No shard at all would mean every shard to the migrator.
    if options.shards.is_empty() {
        return Ok(Vec::new());
    }
    let reports = migrator.carry_out(Task::Run, options, Arc::new(())).await?;
    reports.iter().for_each(announce);
    Ok(reports)
}

/// The shards that answer, fit to serve or not, and those that don't.
async fn reachable<C: Migrate>(db: &ShardedDb<C>) -> (Vec<ShardId>, Vec<ShardId>) {
    let health = Checkup::new(db.clone()).run().await;
    let (present, absent): (Vec<_>, Vec<_>) = health.into_iter().partition(|h| h.answers());
    let names = |shards: Vec<super::ShardHealth>| shards.into_iter().map(|h| h.shard).collect();
    (names(present), names(absent))
}

fn announce(report: &ShardReport) {
    let shard = &report.shard;
    for step in &report.steps {
        info!(%shard, migration = step.name, took = ?step.took, "applied");
    }
    if let Some(error) = report.error() {
        let cause = std::error::Error::source(error).map(ToString::to_string);
        warn!(%shard, %error, cause, "could not be migrated");
    }
}
