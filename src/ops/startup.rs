use std::{sync::Arc, time::Duration};

use futures::future::join_all;
use thiserror::Error;
use tokio::{sync::Semaphore, time::sleep};
use tracing::{info, warn};

use super::{
    Program,
    health::{Finding, lost, probe},
    identity::{Guard, Identify, IdentityError, roll_call},
    migrate::{Migrate, MigrateError, Migrator, Options, ShardReport, Task},
    placement::Census,
    settlement::{Settlement, UnsettledError},
    tables::KeyspaceTables,
};
use crate::{
    cluster::{Error, ShardedDb},
    config::HealthSettings,
    key::ShardId,
    shard::{Fault, Shard, ShardError},
};

/// How often a shard that was away at the start is looked for, and how long it
/// has to answer at least.
const LOOK_AGAIN: Duration = Duration::from_millis(250);
const PATIENCE: Duration = Duration::from_millis(800);
/// How long each has to say who it is.
const ANSWER: Duration = Duration::from_millis(1500);
/// How many shards are worked on at a time, since each takes a thread and a connection.
const AT_ONCE: usize = 16;

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
    /// It is not the shard it is taken for.
    #[error(transparent)]
    Identity(#[from] IdentityError),
    /// Its rows are not where the rules say.
    #[error(transparent)]
    Unsettled(#[from] UnsettledError),
    /// The migrator works on another cluster.
    #[error(transparent)]
    Cluster(#[from] Error),
}

impl StartError {
    /// What it is and what to do, in the words that fit the program.
    #[must_use]
    pub fn told(&self, program: Program) -> String {
        match (program, self) {
            (_, Self::Identity(error)) => error.told(program),
            (_, Self::Unsettled(error)) => error.told(program),
            (Program::Application, Self::Pending { shard, pending }) => format!(
                "shard {shard} is behind: it lacks {pending} of the migrations; have them run by a \
                 command of the application's own (`ops::migrate::Migrator`), or set \
                 migrate_on_start"
            ),
            (Program::Application, Self::Migrate { shard, .. }) => {
                format!("shard {shard} could not be migrated; mend it and start again")
            }
            (Program::Application, Self::Cluster(_)) | (Program::Service, _) => self.to_string(),
        }
    }
}

/// Makes the cluster ready to serve: every shard that answers is at the
/// binary's schema when this returns. Shards that don't answer, or stop
/// answering meanwhile, hold up nobody; they come back as the result, for
/// [`fetch_latecomer`].
///
/// # Errors
/// [`StartError`] for the first shard that answers and can't serve.
pub async fn prepare<C: Migrate + Census>(
    db: &ShardedDb<C>,
    migrator: &Migrator<C>,
    declared: &[KeyspaceTables],
    on_pending: OnPending,
    health: &HealthSettings,
) -> Result<Vec<ShardId>, StartError> {
    // Before anything else is asked of a database: which one is it?
    let call = roll_call(&db.shards().iter().collect::<Vec<_>>(), ANSWER).await;
    call.settle(migrator.guard())?;
    let (mut present, mut absent) = (Vec::new(), Vec::new());
    for (shard, said) in call.0 {
        match said {
            Ok(_) => present.push(shard),
            Err(error) if is_away(&error) => absent.push(shard),
            Err(error) => return Err(Error::from(error).into()),
        }
    }
    let turns = Semaphore::new(AT_ONCE);
    let bring = async |shard: ShardId| {
        // Never closed, so there is always a turn in the end.
        let _turn = turns.acquire().await;
        let mut told = None;
        let brought = tokio::select! {
            brought = bring(migrator, on_pending, &shard, &mut told) => brought,
            () = lost(db.shard(&shard)?, health) => Ok(Brought::Away),
        };
        brought.map(|brought| (shard, brought))
    };
    let mut all = Vec::new();
    let unknown = migrator.guard().cluster().is_none();
    if unknown && !migrator.guard().may_found() && on_pending == OnPending::Migrate {
        // Those that are away may well know which cluster this is.
        absent.append(&mut present);
    }
    if unknown && !present.is_empty() {
        // The first alone learns, or says, which cluster this is: of two processes
        // that start at once, each would else tell other shards something else.
        all.push(bring(present.remove(0)).await);
    }
    all.extend(join_all(present.into_iter().map(bring)).await);
    let mut ready = Vec::new();
    for brought in all {
        match brought? {
            (shard, Brought::Ready) => ready.push(shard),
            (shard, Brought::Away) => absent.push(shard),
        }
    }
    let settlement = Settlement { db, guard: migrator.guard(), declared, health };
    settlement.settle(&ready, &mut absent).await?;
    for shard in &absent {
        warn!(%shard, "the shard does not answer; serving without it until it does");
    }
    Ok(absent)
}

/// Asks once more, when a service holds its databases, whether they still say what
/// they said while it was being made ready.
///
/// # Errors
/// [`StartError::Identity`] if another process was faster with another rule.
pub async fn confirm<C: Identify>(
    db: &ShardedDb<C>,
    guard: &Guard,
    absent: &[ShardId],
) -> Result<(), StartError> {
    let present: Vec<_> = db.shards().iter().filter(|s| !absent.contains(s.id())).collect();
    for (shard, said) in roll_call(&present, ANSWER).await.answered() {
        guard.check(shard, said)?;
    }
    Ok(())
}

/// Waits for a shard that was away at the start and migrates it when it comes
/// back. Until then, and if it can't be migrated, admission keeps requests off it.
///
/// # Errors
/// [`StartError::Cluster`] if the cluster has no such shard.
pub async fn fetch_latecomer<C: Migrate + Census>(
    db: ShardedDb<C>,
    migrator: Migrator<C>,
    declared: Vec<KeyspaceTables>,
    absent: ShardId,
    health: HealthSettings,
) -> Result<(), StartError> {
    let shard = db.shard(&absent)?;
    let mut told = None;
    loop {
        sleep(LOOK_AGAIN).await;
        match probe(shard, shard.patience(PATIENCE)).await {
            Finding::Down(_) => continue,
            Finding::Closed => return Ok(()),
            Finding::Up(_) | Finding::Refused(_) => {}
        }
        // One that can't be migrated is its operator's now: trying again and
        // again would only fill the log.
        let brought = tokio::select! {
            brought = bring(&migrator, OnPending::Migrate, &absent, &mut told) => brought,
            () = lost(shard, &health) => Ok(Brought::Away),
        };
        if matches!(brought, Ok(Brought::Ready))
            && !settle_latecomer(&db, &migrator, &declared, &absent, &health).await
        {
            continue;
        }
        match brought {
            Ok(Brought::Away) => {}
            // Whoever holds it will let it go.
            Err(StartError::Unsettled(UnsettledError::Held { .. })) => {}
            Ok(Brought::Ready) => return Ok(()),
            Err(StartError::Cluster(error)) => return Err(error.into()),
            Err(_) => return Ok(()),
        }
    }
}

/// Its rows may have been placed by no rule that is known yet. If they are not
/// where they should be, admission keeps requests off it. Whether that is known.
async fn settle_latecomer<C: Migrate + Census>(
    db: &ShardedDb<C>,
    migrator: &Migrator<C>,
    declared: &[KeyspaceTables],
    shard: &ShardId,
    health: &HealthSettings,
) -> bool {
    let others = db.shards().iter().map(Shard::id).filter(|other| *other != shard);
    let mut others: Vec<ShardId> = others.cloned().collect();
    let settlement = Settlement { db, guard: migrator.guard(), declared, health };
    let away = others.len();
    match settlement.settle(std::slice::from_ref(shard), &mut others).await {
        // One that fell silent again has joined the others.
        Ok(()) => others.len() == away,
        Err(UnsettledError::Shard(_) | UnsettledError::Held { .. }) => false,
        Err(error) => {
            let error = error.told(migrator.guard().program());
            warn!(%shard, error, "the shard is refused");
            true
        }
    }
}

/// Whether it may be back in a while: one whose records can't be read answers.
fn is_away(error: &ShardError) -> bool {
    error.query().is_none_or(|error| Fault::of(error) != Fault::Statement)
}

/// How an attempt to make a shard ready ended.
enum Brought {
    Ready,
    /// It was lost on the way.
    Away,
}

/// Makes one shard ready, or finds that it is not.
async fn bring<C: Migrate>(
    migrator: &Migrator<C>,
    on_pending: OnPending,
    shard: &ShardId,
    told: &mut Option<String>,
) -> Result<Brought, StartError> {
    let only = Options::on(std::slice::from_ref(shard));
    let failed = match on_pending {
        OnPending::Migrate => {
            let reports = migrator.carry_out(Task::Run, &only, Arc::new(())).await?;
            reports.iter().for_each(|report| announce(report, migrator.guard().program(), told));
            reports.into_iter().find_map(ShardReport::into_error)
        }
        OnPending::Refuse => {
            let mut failed = None;
            for status in migrator.status(&only).await?.into_iter().map(|shard| shard.status) {
                match status.map(|status| status.pending().count()) {
                    Ok(0) => {}
                    Ok(pending) => {
                        return Err(StartError::Pending { shard: shard.clone(), pending });
                    }
                    Err(error) => failed = Some(error),
                }
            }
            failed
        }
    };
    match failed {
        None => Ok(Brought::Ready),
        Some(MigrateError::Held(holders)) => {
            Err(UnsettledError::Held { shard: shard.clone(), holders }.into())
        }
        Some(MigrateError::Identity(error)) => Err(error.into()),
        Some(error) if error.may_pass() => Ok(Brought::Away),
        Some(source) => Err(StartError::Migrate { shard: shard.clone(), source }),
    }
}

/// Tells what was done, and what failed unless that has been `told` already.
fn announce(report: &ShardReport, program: Program, told: &mut Option<String>) {
    let shard = &report.shard;
    for step in &report.steps {
        info!(%shard, migration = step.name, took = ?step.took, "applied");
    }
    if let Some(failed) = report.error() {
        let cause = std::error::Error::source(failed).map(ToString::to_string);
        let error = match failed {
            MigrateError::Identity(error) => error.told(program),
            other => other.to_string(),
        };
        let news = Some(format!("{error}: {cause:?}"));
        if *told != news {
            warn!(%shard, error, cause, "could not be migrated");
            *told = news;
        }
    }
}
