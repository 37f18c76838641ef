//! Waiting for a connection that others have.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use shardwright::config::PoolSettings;
use shardwright::shard::ShardError;
use tokio::task::JoinHandle;

use super::{hold, load, sharing};
use crate::shard::db::{Speak, Thing, pool, shard, shard_error, state};
use crate::shard::{every_connection, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(2 =>
    it_ends_with_the_callers_patience,
    a_caller_that_goes_away_meanwhile_is_forgotten,
    it_ends_when_the_service_does,
    a_health_check_does_not_wait,
);

async fn it_ends_with_the_callers_patience<C: Speak>(cluster: &TestCluster) {
    let patience = Duration::from_millis(150);
    let impatient = PoolSettings { acquire_timeout: patience, ..pool(2) };
    let db = sharing::<C>(cluster, 2, &impatient).await;
    let gate = Gate::default();
    let holder = hold(&db, 0, &gate);
    gate.holds(1).await;
    let asked = Instant::now();
    let error = shard_error(db.read(&Thing(0), C::things).await);
    assert!(asked.elapsed() < Duration::from_secs(20), "the deadline is 30 s off");
    match &error {
        ShardError::Busy { waited, .. } => assert!(*waited >= patience, "{waited:?}"),
        other => panic!("expected a busy shard, got {other:?}"),
    }
    assert!(error.to_string().contains("max_total"), "{error}");
    assert_eq!(state(&db, 0).permits, 1, "who gave up holds nothing");
    gate.open();
    holder.await.expect("no panic").expect("the shard is up");
    db.read(&Thing(0), C::things).await.expect("there is one again");
}

async fn a_caller_that_goes_away_meanwhile_is_forgotten<C: Speak>(cluster: &TestCluster) {
    let db = sharing::<C>(cluster, 3, &pool(3)).await;
    let gate = Gate::default();
    let holders = [hold(&db, 0, &gate), hold(&db, 0, &gate)];
    gate.holds(2).await;
    let ran = Arc::new(AtomicBool::new(false));
    for _ in 0..5 {
        let ran = Arc::clone(&ran);
        let call = db.read(&Thing(0), move |_| {
            ran.store(true, Ordering::SeqCst);
            Ok(())
        });
        let waited = tokio::time::timeout(Duration::from_millis(20), call).await;
        assert!(waited.is_err(), "there was none to be had: {waited:?}");
    }
    // Gone at the very moment that what they wait for comes back.
    let leaving: Vec<_> = (0..5).map(|_| hold(&db, 0, &gate)).collect();
    gate.open();
    leaving.iter().for_each(JoinHandle::abort);
    for holder in holders {
        holder.await.expect("no panic").expect("the shard is up");
    }
    assert!(!ran.load(Ordering::SeqCst), "nobody waited for it any more");
    until("the permits are back", async || state(&db, 0).permits == 3).await;
    for shard in [0, 1, 0] {
        load(&db, shard, 4, 2).await;
    }
}

async fn it_ends_when_the_service_does<C: Speak>(cluster: &TestCluster) {
    let db = sharing::<C>(cluster, 2, &pool(2)).await;
    let gate = Gate::default();
    let holder = hold(&db, 0, &gate);
    gate.holds(1).await;
    let waiter = hold(&db, 0, &gate);
    until("it waits", async || state(&db, 0).permits == 0).await;
    db.close();
    let closed = Instant::now();
    let error = shard_error(waiter.await.expect("no panic"));
    assert!(closed.elapsed() < Duration::from_secs(10), "it may wait for 20 s");
    assert!(matches!(error, ShardError::ShuttingDown { .. }), "{error:?}");
    gate.open();
    holder.await.expect("no panic").expect("it was under way");
}

async fn a_health_check_does_not_wait<C: Speak>(cluster: &TestCluster) {
    let db = sharing::<C>(cluster, 2, &pool(2)).await;
    let gate = Gate::default();
    let holder = hold(&db, 0, &gate);
    gate.holds(1).await;
    let ask = async |number| {
        let only = db.shard(&shard(number)).expect("it is there");
        only.probe(Duration::from_secs(20)).await.expect("it is up")
    };
    assert_eq!(ask(0).await, None, "its only one is taken");
    assert!(ask(1).await.is_some(), "its minimum is free");
    gate.open();
    holder.await.expect("no panic").expect("the shard is up");
    assert!(ask(0).await.is_some(), "it is free");
}
