//! What fails in company is the error of whose it is, and of nobody else.

use diesel::result::{DatabaseErrorKind, Error as QueryError};
use futures::future::join_all;
use shardwright::shard::ShardError;

use super::every_connection;
use super::item::{Deed, Log, Speak, note};
use super::stage::{
    all_permits_are_back, begin, find, hold_finds, hold_inserts, insert, plant, pool, shard_error,
    stage,
};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    rows_in_error_fail_alone,
    of_two_rows_with_one_id_one_is_stored,
    a_key_that_makes_the_statement_fail_fails_alone,
);

const ROWS: i64 = 40;

/// Those in error go with the others in one statement, as the gate has them queue up.
async fn rows_in_error_fail_alone<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    plant(cluster, [7]);
    let gate = Gate::default();
    let held = hold_inserts(&db, &log, &gate).await;
    let row = |id| match id {
        9 => log.item(id).noting("illegal"),
        11 => log.item(id).that(Deed::Fails),
        _ => log.item(id),
    };
    let mut calls: Vec<_> = (0..ROWS).map(|id| insert(&db, row(id))).collect();
    begin(&mut calls).await;
    gate.open();
    held.await.expect("it was on its own");
    for (id, outcome) in (0..ROWS).zip(join_all(calls).await) {
        match id {
            7 => assert_kind(outcome, DatabaseErrorKind::UniqueViolation),
            9 => assert_kind(outcome, DatabaseErrorKind::CheckViolation),
            11 => assert_on_purpose(&shard_error(outcome)),
            _ => outcome.unwrap_or_else(|why| panic!("{id} failed: {why:?}")),
        }
    }
    assert!(log.inserts().iter().any(|ids| ids.len() > 30), "they went together");
    assert_eq!(cluster.rows_per_shard("items", "note = 'item ' || id"), [ROWS - 2 + 1]);
    assert_eq!(cluster.rows_per_shard("items", "true"), [ROWS - 2 + 1]);
    all_permits_are_back(&db).await;
}

async fn of_two_rows_with_one_id_one_is_stored<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    let gate = Gate::default();
    let held = hold_inserts(&db, &log, &gate).await;
    let rows = ["mine", "yours"].map(|note| log.item(1).noting(note));
    let rows = rows.into_iter().chain((2..20).map(|id| log.item(id)));
    let mut calls: Vec<_> = rows.map(|row| insert(&db, row)).collect();
    begin(&mut calls).await;
    gate.open();
    held.await.expect("it was on its own");
    let mut outcomes = join_all(calls).await.into_iter();
    let (mine, yours) = (outcomes.next().expect("a first"), outcomes.next().expect("a second"));
    let (winner, loser) = if mine.is_ok() { ("mine", yours) } else { ("yours", mine) };
    assert_kind(loser, DatabaseErrorKind::UniqueViolation);
    outcomes.for_each(|outcome| outcome.expect("nothing was in its way"));
    let won = format!("id = 1 AND note = '{winner}'");
    assert_eq!(cluster.rows_per_shard("items", &won), [1]);
    assert_eq!(cluster.rows_per_shard("items", "true"), [20]);
    all_permits_are_back(&db).await;
}

async fn a_key_that_makes_the_statement_fail_fails_alone<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    plant(cluster, 0..ROWS);
    let gate = Gate::default();
    let held = hold_finds(&db, &log, &gate).await;
    let key = |id| match id {
        5 => log.key(id).that(Deed::Fails),
        6 => log.key(id).that(Deed::Says("SELECT id FROM nowhere")),
        _ => log.key(id),
    };
    let mut calls: Vec<_> = (0..ROWS).map(|id| find(&db, key(id))).collect();
    begin(&mut calls).await;
    gate.open();
    held.await.expect("it was on its own");
    for (id, outcome) in (0..ROWS).zip(join_all(calls).await) {
        match id {
            5 => assert_on_purpose(&shard_error(outcome)),
            6 => {
                let error = shard_error(outcome);
                let words = error.query().expect("it got as far as a query").to_string();
                assert!(words.contains("nowhere"), "{words}");
            }
            _ => {
                let row = outcome.expect("nothing is wrong with it").expect("it is there");
                assert_eq!(row.note, note(id));
            }
        }
    }
    assert!(log.finds().iter().any(|ids| ids.len() > 30), "they went together");
    all_permits_are_back(&db).await;
}

#[track_caller]
fn assert_kind(outcome: Result<(), shardwright::cluster::Error>, kind: DatabaseErrorKind) {
    let error = shard_error(outcome);
    let found = match error.query() {
        Some(QueryError::DatabaseError(found, _)) => found,
        _ => panic!("expected {kind:?}, got {error:?}"),
    };
    assert_eq!(format!("{found:?}"), format!("{kind:?}"));
}

#[track_caller]
fn assert_on_purpose(error: &ShardError) {
    let words = error.query().expect("it got as far as a query").to_string();
    assert!(words.contains("on purpose"), "{words}");
}
