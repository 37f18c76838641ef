//! Before a database is migrated: is it the one we think it is? And if it was
//! never told who it is, it is told.

use std::{sync::Arc, time::Duration};

use super::{DdlLimits, Migrate, MigrateError, Migrator, Options, Progress, lock};
use crate::{
    key::ShardId,
    ops::identity::{ClusterId, Guard, Hold, HoldMode, Identity, in_words, roll_call},
    shard::{Fault, Shard},
};

/// How many times, 50 ms apart, one that is held is asked for.
const HELD_BRIEFLY: u32 = 20;
/// How long shards have to say which cluster this is.
const PATIENCE: Duration = Duration::from_secs(2);

/// Whoever changes where rows are holds the database alone; nobody changes its
/// schema meanwhile.
pub(super) fn hold<C: Migrate>(conn: &mut C) -> Result<Hold, MigrateError> {
    // One that has just ended may hold it for a moment longer.
    for _ in 0..HELD_BRIEFLY {
        if let Some(hold) = conn.hold(HoldMode::Shared).map_err(MigrateError::Records)? {
            return Ok(hold);
        }
        lock::pause(Duration::from_millis(50));
    }
    let holders = conn.holders().map_err(MigrateError::Records)?;
    Err(MigrateError::Held(in_words(&holders)))
}

/// Whether the database was told who it is; an error if that is not who it is
/// taken for.
pub(super) fn is_known<C: Migrate>(
    conn: &mut C,
    guard: &Guard,
    shard: &ShardId,
) -> Result<bool, MigrateError> {
    let records = conn.records().map_err(MigrateError::Records)?;
    if let Some(identity) = &records.identity {
        guard.recognize(shard, identity)?;
    }
    Ok(records.identity.is_some())
}

/// Tells the database who it is, unless someone was faster, and, if it has no
/// tables yet, by which rules the rows it will get are placed. To be done under
/// its migration lock; tried again, as a migration is, if someone writes meanwhile.
pub(super) fn introduce<C: Migrate>(
    conn: &mut C,
    guard: &Guard,
    shard: &ShardId,
    options: &Options,
    progress: &dyn Progress,
) -> Result<(), MigrateError> {
    for tried in 1.. {
        conn.limit(&options.limits, false).map_err(MigrateError::Session)?;
        match introduce_once(conn, guard, shard) {
            Err(MigrateError::Records(error)) if Fault::of(&error) == Fault::Contention => {
                let name = "the database's introduction";
                if tried > options.limits.retries || options.stop.is_requested() {
                    return Err(MigrateError::LockTimeout { name: name.to_owned(), tried });
                }
                let wait = DdlLimits::back_off(tried);
                progress.retrying(shard, name, tried, wait);
                lock::pause(wait);
            }
            outcome => return outcome,
        }
    }
    Ok(())
}

fn introduce_once<C: Migrate>(
    conn: &mut C,
    guard: &Guard,
    shard: &ShardId,
) -> Result<(), MigrateError> {
    let is_new = conn.history().map_err(MigrateError::History)?.is_empty();
    let told = conn.write(|conn| {
        conn.make_records()?;
        let records = conn.records()?;
        if records.identity.is_none() {
            // Known to the others of this process at once, which found no other.
            let cluster = guard.settle(ClusterId::random());
            conn.write_identity(&Identity { shard: shard.clone(), cluster })?;
        }
        if is_new {
            guard.rules().iter().try_for_each(|rule| conn.add_placement(rule))?;
        }
        Ok(records.identity)
    });
    if let Some(identity) = told.map_err(MigrateError::Records)? {
        guard.recognize(shard, &identity)?;
        guard.settle(identity.cluster);
    }
    Ok(())
}

impl<C: Migrate> Migrator<C> {
    /// Finds out which cluster this is; if no shard knows, the first of those to
    /// be migrated is told a new one, alone: of two processes that found a cluster
    /// at the same time, one learns from the other.
    pub(super) async fn found(
        &self,
        shards: &[&Shard<C>],
        options: &Options,
        progress: &Arc<dyn Progress>,
    ) -> Result<(), MigrateError> {
        if self.guard().cluster().is_some() {
            return Ok(());
        }
        let all: Vec<_> = match self.guard().may_found() {
            true => Vec::new(),
            false => self.db().shards().iter().collect(),
        };
        let call = roll_call(&all, PATIENCE).await;
        if let Some(cluster) = call.cluster()? {
            self.guard().settle(cluster);
            return Ok(());
        }
        if !all.is_empty() && !call.may_found() && call.answered().next().is_some() {
            return Err(MigrateError::Unfounded(call.silent()));
        }
        let answered = |shard: &&&Shard<C>| {
            all.is_empty() || call.answered().any(|(name, _)| name == shard.id())
        };
        let Some(first) = shards.iter().find(answered) else { return Ok(()) };
        let (guard, options, name) = (self.guard().clone(), options.clone(), first.id().clone());
        let progress = Arc::clone(progress);
        let found = first.dedicated(move |conn| {
            let _held = hold(conn)?;
            match lock::wait(conn, options.patience, &options.stop, || {})? {
                Some(_lock) => introduce(conn, &guard, &name, &options, progress.as_ref()),
                None => Ok(()),
            }
        });
        found.await
    }
}
