//! What comes while a statement runs goes with the next one, and what comes alone goes alone.

use std::time::{Duration, Instant};

use diesel::QueryResult;
use futures::future::join_all;

use super::every_connection;
use super::item::{Item, Log, Speak, note};
use super::stage::{
    STEP, all_permits_are_back, begin, find, hold_finds, hold_inserts, insert, plant, pool, stage,
};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    finds_that_queue_up_go_with_one_statement,
    inserts_that_queue_up_go_with_one_statement,
    a_call_without_company_goes_at_once_and_alone,
    no_statement_carries_more_than_some_hundreds,
);

/// The held statement's own.
const HELD: i64 = STEP - 1;

async fn finds_that_queue_up_go_with_one_statement<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    plant(cluster, (0..30).step_by(2));
    let gate = Gate::default();
    let held = hold_finds(&db, &log, &gate).await;
    let mut calls: Vec<_> = (0..30).map(|id| find(&db, log.key(id))).collect();
    begin(&mut calls).await;
    gate.open();
    assert!(held.await.expect("the shard is up").is_none());
    for (id, answer) in (0..30).zip(join_all(calls).await) {
        let row = answer.expect("the shard is up").map(|row| (row.id, row.note));
        assert_eq!(row, (id % 2 == 0).then(|| (id, note(id))));
    }
    assert_one_for_the_rest(log.finds());
    all_permits_are_back(&db).await;
}

async fn inserts_that_queue_up_go_with_one_statement<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    let gate = Gate::default();
    let held = hold_inserts(&db, &log, &gate).await;
    let mut calls: Vec<_> = (0..30).map(|id| insert(&db, log.item(id))).collect();
    begin(&mut calls).await;
    gate.open();
    held.await.expect("the shard is up");
    for answer in join_all(calls).await {
        answer.expect("the shard is up");
    }
    assert_one_for_the_rest(log.inserts());
    assert_eq!(cluster.rows_per_shard("items", "true"), [31]);
    all_permits_are_back(&db).await;
}

#[track_caller]
fn assert_one_for_the_rest(mut statements: Vec<Vec<i64>>) {
    statements.iter_mut().for_each(|ids| ids.sort_unstable());
    assert_eq!(statements, [vec![HELD], (0..30).collect()]);
}

async fn a_call_without_company_goes_at_once_and_alone<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    plant(cluster, 0..40);
    let (mut lane, mut plain) = (Duration::MAX, Duration::MAX);
    for id in 0..40 {
        let asked = Instant::now();
        let row = find(&db, log.key(id)).await.expect("the shard is up").expect("it is there");
        lane = lane.min(asked.elapsed());
        assert_eq!(row.id, id);
        let asked = Instant::now();
        let one = move |c: &mut C| -> QueryResult<()> {
            c.stored(&format!("SELECT id, note FROM items WHERE id = {id}")).map(drop)
        };
        db.read(&log.key(id), one).await.expect("the shard is up");
        plain = plain.min(asked.elapsed());
        insert(&db, log.item(100 + id)).await.expect("the shard is up");
    }
    let alone = |from: i64| (from..from + 40).map(|id| vec![id]).collect::<Vec<_>>();
    assert_eq!((log.finds(), log.inserts()), (alone(0), alone(100)));
    // The quickest of each: on a busy machine most are slower for other reasons.
    assert!(lane < plain + Duration::from_millis(1), "it lingers: {lane:?}, and else {plain:?}");
}

async fn no_statement_carries_more_than_some_hundreds<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    let (finds, inserts) = (Gate::default(), Gate::default());
    let held = hold_finds(&db, &log, &finds).await;
    let mut calls: Vec<_> = (0..1000).map(|id| find(&db, log.key(id))).collect();
    begin(&mut calls).await;
    finds.open();
    held.await.expect("the shard is up");
    let found: Vec<Option<Item>> =
        join_all(calls).await.into_iter().map(|answer| answer.expect("the shard is up")).collect();
    assert!(found.iter().all(Option::is_none));
    let held = hold_inserts(&db, &log, &inserts).await;
    let mut calls: Vec<_> = (0..1000).map(|id| insert(&db, log.item(id))).collect();
    begin(&mut calls).await;
    inserts.open();
    held.await.expect("the shard is up");
    join_all(calls).await.into_iter().for_each(|answer| answer.expect("the shard is up"));
    for statements in [log.finds(), log.inserts()] {
        let sizes: Vec<_> = statements.iter().map(Vec::len).collect();
        assert!(sizes.iter().all(|size| *size <= 256), "{sizes:?}");
        assert_eq!(sizes.iter().sum::<usize>(), 1001, "{sizes:?}");
        assert!(sizes.len() <= 10, "as many as may be go together: {sizes:?}");
    }
}
