//! A caller that goes away costs the others nothing, and takes its row with it while it can.

use futures::future::join_all;

use super::item::{Deed, Log, Speak, note};
use super::stage::{
    all_permits_are_back, begin, find, hold_finds, hold_inserts, insert, plant, pool, stage, state,
};
use super::{every_connection, every_connection_to_postgres, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    who_leaves_the_queue_takes_its_row_with_it,
    who_leaves_a_statement_does_not_end_it,
    a_queue_that_everyone_has_left_is_forgotten,
);
every_connection_to_postgres!(1 => a_find_that_everyone_has_left_is_ended_on_the_server);

async fn who_leaves_the_queue_takes_its_row_with_it<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    let gate = Gate::default();
    let held = hold_inserts(&db, &log, &gate).await;
    let mut calls: Vec<_> = (0..20).map(|id| insert(&db, log.item(id))).collect();
    begin(&mut calls).await;
    let (leaving, staying): (Vec<_>, Vec<_>) =
        calls.into_iter().enumerate().partition(|(id, _)| id % 2 == 1);
    drop(leaving);
    gate.open();
    held.await.expect("the shard is up");
    for answer in join_all(staying.into_iter().map(|(_, call)| call)).await {
        answer.expect("it has stayed");
    }
    all_permits_are_back(&db).await;
    assert_eq!(cluster.rows_per_shard("items", "id < 20 AND id % 2 = 0"), [10]);
    assert_eq!(cluster.rows_per_shard("items", "id < 20 AND id % 2 = 1"), [0]);
    assert_eq!(state(&db, 0).size, 1);
}

/// The one that goes is the one whose key holds up the statement.
async fn who_leaves_a_statement_does_not_end_it<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    plant(cluster, 0..10);
    let (first, second) = (Gate::default(), Gate::default());
    let held = hold_finds(&db, &log, &first).await;
    let key = |id| match id {
        0 => log.key(id).that(Deed::Waits(second.clone())),
        _ => log.key(id),
    };
    let mut calls: Vec<_> = (0..10).map(|id| find(&db, key(id))).collect();
    begin(&mut calls).await;
    first.open();
    held.await.expect("the shard is up");
    second.holds(1).await;
    assert_eq!(log.finds().last().map(Vec::len), Some(10), "all are under way");
    let staying = calls.split_off(5);
    drop(calls);
    assert_eq!(state(&db, 0).permits, 0, "the turn is taken as long as the work goes on");
    second.open();
    for (id, answer) in (5..10).zip(join_all(staying).await) {
        let row = answer.expect("it has stayed").expect("it is there");
        assert_eq!((row.id, row.note), (id, note(id)));
    }
    all_permits_are_back(&db).await;
    assert_eq!(log.finds().len(), 2, "nothing was asked twice");
}

async fn a_queue_that_everyone_has_left_is_forgotten<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    for round in 0..3 {
        let gate = Gate::default();
        let held = tokio::spawn(insert(&db, log.item(round).that(Deed::Waits(gate.clone()))));
        gate.holds(1).await;
        let mut calls: Vec<_> = (100..110).map(|id| insert(&db, log.item(id))).collect();
        begin(&mut calls).await;
        drop(calls);
        held.abort();
        assert!(held.await.expect_err("it was aborted").is_cancelled());
        gate.open();
        all_permits_are_back(&db).await;
        insert(&db, log.item(1000 + round)).await.expect("the lane goes on");
    }
    assert!(log.inserts().iter().flatten().all(|id| !(100..110).contains(id)), "never sent");
    // Those that were sent had their time.
    until("they are done", async || cluster.rows_per_shard("items", "id < 100") == [3]).await;
    assert_eq!(cluster.rows_per_shard("items", "id >= 1000"), [3]);
    assert_eq!(cluster.rows_per_shard("items", "id BETWEEN 100 AND 999"), [0]);
}

async fn a_find_that_everyone_has_left_is_ended_on_the_server<C: Speak>(cluster: &TestCluster) {
    const ACTIVE: &str = "query LIKE 'SELECT pg_sleep%' AND state = 'active'";
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    let sleeps = log.key(1).that(Deed::Says("SELECT pg_sleep(600)"));
    let caller = tokio::spawn(find(&db, sleeps));
    let at_work = async || cluster.rows_per_shard("pg_stat_activity", ACTIVE) == [1];
    until("it is at work", at_work).await;
    caller.abort();
    let ended = async || cluster.rows_per_shard("pg_stat_activity", ACTIVE) == [0];
    until("the server has ended it", ended).await;
    all_permits_are_back(&db).await;
    assert!(find(&db, log.key(1)).await.expect("the lane goes on").is_none());
}
