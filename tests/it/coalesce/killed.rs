//! A server that goes away fails its callers at once, and counts once for all of a statement.

use std::time::{Duration, Instant};

use futures::future::join_all;
use shardwright::cluster::{Error, ShardedDb};
use shardwright::shard::{BreakerState, ShardError};

use super::item::{Deed, Item, Log, Speak};
use super::stage::{
    all_permits_are_back, at_once, begin, find, hold_finds, hold_inserts, insert, plant, pool,
    shard_error, stage, state,
};
use super::{every_connection_to_postgres, until};
use crate::support::chaos::kill;
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection_to_postgres!(1 =>
    a_dead_server_fails_at_once_and_is_taken_back,
    finds_that_were_lost_together_are_one_failure,
    inserts_that_were_lost_together_are_one_failure,
    connections_that_died_idle_are_replaced_unseen,
);

const CALLERS: i64 = 50;

async fn a_dead_server_fails_at_once_and_is_taken_back<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    insert(&db, log.item(0)).await.expect("the shard is up");
    let killed = kill(cluster.server(0));
    let asked = Instant::now();
    let mut open = false;
    for id in 0..10 {
        let finds = at_once((0..10).map(|id| find(&db, log.key(id)))).await;
        let inserts = at_once([insert(&db, log.item(100 + id))]).await;
        let errors = finds.into_iter().map(shard_error);
        for error in errors.chain(inserts.into_iter().map(shard_error)) {
            assert!(["unavailable", "connection lost"].contains(&error.reason()), "{error:?}");
            open |= matches!(error, ShardError::Open { .. });
        }
    }
    assert!(open, "the breaker never opened");
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert_eq!(state(&db, 0).breaker, BreakerState::Open);
    all_permits_are_back(&db).await;
    drop(killed);
    until("it is back", async || find(&db, log.key(0)).await.is_ok_and(|row| row.is_some())).await;
    insert(&db, log.item(1000)).await.expect("it is back");
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
    assert_eq!(cluster.rows_per_shard("items", "true"), [2], "who was refused was not served");
}

/// Were each caller's loss counted by itself, the breaker would be open.
#[track_caller]
fn assert_still_closed<C: Speak>(db: &ShardedDb<C>) {
    assert_eq!((state(db, 0).breaker, state(db, 0).trips), (BreakerState::Closed, 0));
}

#[track_caller]
fn assert_lost<T: std::fmt::Debug>(outcome: Result<T, Error>) {
    let error = shard_error(outcome);
    assert_eq!(error.reason(), "connection lost", "{error:?}");
}

async fn finds_that_were_lost_together_are_one_failure<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    plant(cluster, 0..CALLERS);
    let (first, second) = (Gate::default(), Gate::default());
    let held = hold_finds(&db, &log, &first).await;
    let key = |id| match id {
        0 => log.key(id).that(Deed::Waits(second.clone())),
        _ => log.key(id),
    };
    let mut calls: Vec<_> = (0..CALLERS).map(|id| find(&db, key(id))).collect();
    begin(&mut calls).await;
    first.open();
    held.await.expect("the shard is up");
    second.holds(1).await;
    assert_eq!(log.finds().last().map(Vec::len), Some(CALLERS as usize), "all are under way");
    drop(kill(cluster.server(0)));
    second.open();
    let outcomes: Vec<Result<Option<Item>, Error>> = join_all(calls).await;
    outcomes.into_iter().for_each(assert_lost);
    assert_still_closed(&db);
    for answer in at_once((0..CALLERS).map(|id| find(&db, log.key(id)))).await {
        answer.expect("the server lives again").expect("it is there");
    }
    all_permits_are_back(&db).await;
}

async fn inserts_that_were_lost_together_are_one_failure<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    let (first, second) = (Gate::default(), Gate::default());
    let held = hold_inserts(&db, &log, &first).await;
    let item = |id| match id {
        0 => log.item(id).that(Deed::Waits(second.clone())),
        _ => log.item(id),
    };
    let mut calls: Vec<_> = (0..CALLERS).map(|id| insert(&db, item(id))).collect();
    begin(&mut calls).await;
    first.open();
    held.await.expect("the shard is up");
    second.holds(1).await;
    drop(kill(cluster.server(0)));
    second.open();
    join_all(calls).await.into_iter().for_each(assert_lost);
    assert_still_closed(&db);
    assert_eq!(cluster.rows_per_shard("items", "id < 50"), [0], "sent once, and not again");
    for answer in at_once((0..CALLERS).map(|id| insert(&db, log.item(id)))).await {
        answer.expect("the server lives again");
    }
    assert_eq!(cluster.rows_per_shard("items", "id < 50"), [CALLERS]);
    all_permits_are_back(&db).await;
}

async fn connections_that_died_idle_are_replaced_unseen<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(3));
    let log = Log::default();
    for round in 0..3 {
        let ids = round * 100..round * 100 + 30;
        for answer in at_once(ids.clone().map(|id| insert(&db, log.item(id)))).await {
            answer.expect("nothing was under way");
        }
        for answer in at_once(ids.map(|id| find(&db, log.key(id)))).await {
            answer.expect("nothing was under way").expect("it is there");
        }
        drop(kill(cluster.server(0)));
    }
    assert_still_closed(&db);
    all_permits_are_back(&db).await;
}
