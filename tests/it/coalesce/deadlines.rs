//! Each call in company has its own deadline.

use std::time::{Duration, Instant};

use futures::future::{join, join_all};
use shardwright::shard::{Deadline, ShardError, Wait};

use super::item::{Deed, Log, Speak, note};
use super::stage::{
    all_permits_are_back, begin, find, hold_finds, hold_inserts, insert, plant, pool, shard_error,
    stage, state,
};
use super::{every_connection, every_connection_to_postgres};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    out_of_time_in_the_queue_is_never_sent,
    a_deadline_that_has_passed_sends_nothing,
    a_short_deadline_ends_nobody_elses_find,
    a_short_deadline_ends_nobody_elses_insert,
);
every_connection_to_postgres!(1 => the_server_goes_on_until_the_last_deadline);

const SHORT: Duration = Duration::from_millis(300);

fn soon() -> Deadline {
    Deadline::after(SHORT)
}

#[track_caller]
fn assert_out_of_time(error: &ShardError, asked: Instant) {
    let took = asked.elapsed();
    assert!((SHORT..Duration::from_secs(10)).contains(&took), "{took:?}: {error:?}");
    let timeout = matches!(error, ShardError::Timeout { .. } | ShardError::Busy { .. });
    assert!(timeout, "{error:?}");
}

async fn out_of_time_in_the_queue_is_never_sent<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    let gate = Gate::default();
    let held = hold_inserts(&db, &log, &gate).await;
    let mut patient: Vec<_> = (20..30).map(|id| insert(&db, log.item(id))).collect();
    begin(&mut patient).await;
    let asked = Instant::now();
    let hurried = db.within(soon());
    let inserts = join_all((0..10).map(|id| insert(&hurried, log.item(id))));
    let finds = join_all((0..10).map(|id| find(&hurried, log.key(id))));
    let (inserts, finds) = join(inserts, finds).await;
    for outcome in inserts {
        assert_out_of_time(&shard_error(outcome), asked);
    }
    for outcome in finds {
        assert_out_of_time(&shard_error(outcome), asked);
    }
    gate.open();
    held.await.expect("the shard is up");
    join_all(patient).await.into_iter().for_each(|answer| answer.expect("it had time"));
    // Were they still in the queue, this one would come after them.
    insert(&db, log.item(40)).await.expect("the shard is up");
    all_permits_are_back(&db).await;
    assert_eq!(cluster.rows_per_shard("items", "id < 10"), [0], "told so, and then done");
    assert_eq!(cluster.rows_per_shard("items", "id BETWEEN 20 AND 40"), [11]);
    assert_eq!(log.finds(), Vec::<Vec<i64>>::new(), "nobody waited for them any more");
}

async fn a_deadline_that_has_passed_sends_nothing<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    let late = db.within(Deadline::at(Instant::now()));
    for id in 0..20 {
        let error = shard_error(insert(&late, log.item(id)).await);
        assert!(matches!(error, ShardError::Timeout { .. }), "{error:?}");
        let error = shard_error(find(&late, log.key(id)).await);
        assert!(matches!(error, ShardError::Timeout { .. }), "{error:?}");
    }
    insert(&db, log.item(100)).await.expect("the shard is up");
    find(&db, log.key(100)).await.expect("the shard is up").expect("it is there");
    assert_eq!((log.inserts(), log.finds()), (vec![vec![100]], vec![vec![100]]));
    all_permits_are_back(&db).await;
}

async fn a_short_deadline_ends_nobody_elses_find<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    plant(cluster, 0..2);
    let (first, second) = (Gate::default(), Gate::default());
    let held = hold_finds(&db, &log, &first).await;
    let waits = log.key(0).that(Deed::Waits(second.clone()));
    let mut calls = [find(&db, log.key(1)), find(&db.within(Deadline::after(4 * SHORT)), waits)];
    begin(&mut calls).await;
    first.open();
    held.await.expect("the shard is up");
    second.holds(1).await;
    let [long, short] = calls;
    let error = shard_error(short.await);
    assert!(matches!(error, ShardError::Timeout { wait: Wait::Statement, .. }), "{error:?}");
    assert_eq!(state(&db, 0).permits, 0, "the statement goes on");
    second.open();
    let row = long.await.expect("it had time").expect("it is there");
    assert_eq!(row.note, note(1));
    assert_eq!(log.finds().len(), 2, "nothing was asked twice");
    all_permits_are_back(&db).await;
}

/// Who is told that the statement took too long is told nothing of its outcome.
async fn a_short_deadline_ends_nobody_elses_insert<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    let (first, second) = (Gate::default(), Gate::default());
    let held = hold_inserts(&db, &log, &first).await;
    let waits = log.item(0).that(Deed::Waits(second.clone()));
    let mut calls =
        [insert(&db, log.item(1)), insert(&db.within(Deadline::after(4 * SHORT)), waits)];
    begin(&mut calls).await;
    first.open();
    held.await.expect("the shard is up");
    second.holds(1).await;
    let [long, short] = calls;
    let error = shard_error(short.await);
    assert!(matches!(error, ShardError::Timeout { wait: Wait::Statement, .. }), "{error:?}");
    second.open();
    long.await.expect("it had time");
    all_permits_are_back(&db).await;
    assert_eq!(cluster.rows_per_shard("items", "id = 1"), [1]);
    assert!(cluster.rows_per_shard("items", "id = 0")[0] <= 1, "once, if at all");
}

async fn the_server_goes_on_until_the_last_deadline<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    plant(cluster, 0..2);
    let gate = Gate::default();
    let held = hold_finds(&db, &log, &gate).await;
    let asked = Instant::now();
    let slow = log.key(0).that(Deed::Says("SELECT pg_sleep(2)"));
    let mut calls = [find(&db, log.key(1)), find(&db.within(soon()), slow)];
    begin(&mut calls).await;
    gate.open();
    held.await.expect("the shard is up");
    let [long, short] = calls;
    let (long, short) = join(long, async { (short.await, asked.elapsed()) }).await;
    let (short, took) = short;
    let error = shard_error(short);
    assert!(matches!(error, ShardError::Timeout { .. }), "{error:?}");
    assert!(took < Duration::from_millis(1700), "it waited for the others: {took:?}");
    assert_eq!(long.expect("it had time").expect("it is there").note, note(1));
    assert!(asked.elapsed() >= Duration::from_secs(2));
    all_permits_are_back(&db).await;
}
