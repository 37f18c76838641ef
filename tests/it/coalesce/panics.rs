//! A panic is that of whose row or key it is; the shard loses nothing by it.

use std::panic::AssertUnwindSafe;

use futures::FutureExt;
use futures::future::join_all;

use super::every_connection;
use super::item::{Deed, Log, Speak, WORDS, note};
use super::stage::{
    Call, all_permits_are_back, begin, find, hold_finds, hold_inserts, insert, plant, pool, stage,
    state,
};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    a_panic_among_finds_reaches_its_caller_alone,
    a_panic_among_inserts_leaves_nobody_without_an_answer,
    a_panic_by_itself_reaches_its_caller,
);

/// What came of a call: its answer, or the words of its panic.
async fn caught<T>(call: Call<T>) -> Result<T, String> {
    match AssertUnwindSafe(call).catch_unwind().await {
        Ok(answer) => Ok(answer.expect("the shard is up")),
        Err(panic) => match (panic.downcast_ref::<String>(), panic.downcast_ref::<&str>()) {
            (Some(words), _) => Err(words.clone()),
            (_, Some(words)) => Err((*words).to_owned()),
            _ => panic!("a panic without words"),
        },
    }
}

async fn a_panic_among_finds_reaches_its_caller_alone<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    plant(cluster, 0..20);
    let gate = Gate::default();
    let held = hold_finds(&db, &log, &gate).await;
    let mut calls: Vec<_> = (0..20).map(|id| find(&db, log.key(id).that(deed(id)))).collect();
    begin(&mut calls).await;
    gate.open();
    held.await.expect("it was on its own");
    for (id, outcome) in (0..20).zip(join_all(calls.into_iter().map(caught)).await) {
        let found = outcome.map(|row| row.map(|row| row.note));
        assert_eq!(found, if id == 5 { Err(WORDS.to_owned()) } else { Ok(Some(note(id))) });
    }
    assert!(log.finds().iter().any(|ids| ids.len() > 10), "they went together");
    all_permits_are_back(&db).await;
}

/// How far a statement came that panicked nobody can tell, so its rows are not sent again.
async fn a_panic_among_inserts_leaves_nobody_without_an_answer<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    let gate = Gate::default();
    let held = hold_inserts(&db, &log, &gate).await;
    let mut calls: Vec<_> = (0..20).map(|id| insert(&db, log.item(id).that(deed(id)))).collect();
    begin(&mut calls).await;
    gate.open();
    held.await.expect("it was on its own");
    for (id, outcome) in (0..20).zip(join_all(calls.into_iter().map(caught)).await) {
        let stored = cluster.rows_per_shard("items", &format!("id = {id}"));
        match outcome {
            Ok(()) => assert_eq!((id != 5, stored), (true, vec![1]), "{id}"),
            Err(words) => assert_eq!((words.as_str(), stored), (WORDS, vec![0]), "{id}"),
        }
    }
    all_permits_are_back(&db).await;
    insert(&db, log.item(5)).await.expect("the lane goes on");
    assert_eq!(cluster.rows_per_shard("items", "id = 5"), [1]);
}

fn deed(id: i64) -> Deed {
    if id == 5 { Deed::Panics } else { Deed::Nothing }
}

async fn a_panic_by_itself_reaches_its_caller<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    // More than there are permits: were one lost each time, the third call would wait in vain.
    for id in 0..5 {
        let insert_panics = insert(&db, log.item(id).that(Deed::Panics));
        assert_eq!(caught(insert_panics).await, Err(WORDS.to_owned()));
        let find_panics = find(&db, log.key(id).that(Deed::Panics));
        assert_eq!(caught(find_panics).await.map(|row| row.is_some()), Err(WORDS.to_owned()));
        // Both lanes go on.
        insert(&db, log.item(id)).await.expect("the shard is up");
        let row = find(&db, log.key(id)).await.expect("the shard is up").expect("it is there");
        assert_eq!(row.note, note(id));
    }
    all_permits_are_back(&db).await;
    assert!(state(&db, 0).size <= 2, "{:?}", state(&db, 0));
    assert_eq!(cluster.rows_per_shard("items", "true"), [5]);
}
