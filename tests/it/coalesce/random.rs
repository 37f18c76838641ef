//! A random mix of finds and inserts, held against a model.

use std::collections::BTreeSet;

use diesel::result::{DatabaseErrorKind, Error::DatabaseError};
use futures::future::join_all;
use shardwright::cluster::{Error, ShardedDb};

use super::every_connection;
use super::item::{Deed, Log, Speak, note};
use super::stage::{STEP, all_permits_are_back, at_once, pool, stage};
use crate::support::{cluster::TestCluster, seed::Seed};

every_connection!(2 => what_many_do_at_random_is_what_each_would_see_alone);

const CALLERS: i64 = 16;
const ROUNDS: usize = 25;
/// Each caller's ids on a shard, few enough that they come again.
const IDS: usize = 40;

async fn what_many_do_at_random_is_what_each_would_see_alone<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(3));
    let mut seed = Seed::from_env();
    let first = seed.first();
    let callers: Vec<_> = (0..CALLERS).map(|n| caller(db.clone(), n, seed.branch())).collect();
    let mut stored = [0, 0];
    for model in at_once(callers).await {
        let model = model.unwrap_or_else(|why| panic!("SHARDWRIGHT_SEED={first}: {why}"));
        for id in model {
            stored[usize::from(id >= STEP)] += 1;
        }
    }
    assert_eq!(cluster.rows_per_shard("items", "true"), stored, "SHARDWRIGHT_SEED={first}");
    assert_eq!(cluster.rows_per_shard("items", "note = 'item ' || id"), stored);
    all_permits_are_back(&db).await;
}

/// What one does, on ids that are its own, several calls at a time; gives back what it has stored.
async fn caller<C: Speak>(
    db: ShardedDb<C>,
    number: i64,
    mut seed: Seed,
) -> Result<BTreeSet<i64>, String> {
    let log = Log::default();
    let mut model = BTreeSet::new();
    for _ in 0..ROUNDS {
        let mut ids = BTreeSet::new();
        for _ in 0..1 + seed.below(6) {
            let id = i64::try_from(seed.below(IDS)).expect("a small number");
            ids.insert(id * CALLERS + number + if seed.below(2) == 0 { 0 } else { STEP });
        }
        let calls = ids.into_iter().map(|id| (id, seed.below(2) == 0, seed.below(12) == 0));
        let calls: Vec<_> = calls.collect();
        let db = &db;
        let outcomes = join_all(calls.iter().map(async |&(id, finds, fails)| {
            let deed = if fails { Deed::Fails } else { Deed::Nothing };
            match finds {
                true => {
                    let found = db.find::<super::item::Item>(log.key(id).that(deed)).await;
                    found.map(|row| row.map(|row| (row.id, row.note)))
                }
                false => db.insert(log.item(id).that(deed)).await.map(|()| None),
            }
        }));
        for ((id, finds, fails), outcome) in calls.iter().zip(outcomes.await) {
            let there = model.contains(id);
            let right = match (&outcome, finds) {
                (Err(error), _) if *fails => failed_on_purpose(error),
                (Ok(row), true) => !fails && *row == there.then(|| (*id, note(*id))),
                (Ok(_), false) => !fails && model.insert(*id),
                (Err(error), false) => there && is_unique_violation(error),
                (Err(_), true) => false,
            };
            if !right {
                return Err(format!(
                    "{id} finds: {finds} fails: {fails} there: {there}: {outcome:?}"
                ));
            }
        }
    }
    Ok(model)
}

fn failed_on_purpose(error: &Error) -> bool {
    matches!(error, Error::Shard(error) if error.query().is_some_and(|e| e.to_string().contains("on purpose")))
}

fn is_unique_violation(error: &Error) -> bool {
    let Error::Shard(error) = error else { return false };
    matches!(error.query(), Some(DatabaseError(DatabaseErrorKind::UniqueViolation, _)))
}
