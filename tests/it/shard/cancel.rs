//! A caller that goes away takes nothing with it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use super::db::{Speak, Thing, pool, state, with_table};
use super::{every_connection, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    a_caller_that_goes_away_in_mid_call_loses_nothing,
    a_caller_that_goes_away_in_the_queue_is_forgotten,
);

async fn a_caller_that_goes_away_in_mid_call_loses_nothing<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let gate = Gate::default();
    let caller = {
        let (db, gate) = (db.clone(), gate.clone());
        let write = move |c: &mut C| {
            c.batch_execute("INSERT INTO things VALUES (1)")?;
            gate.pass();
            c.batch_execute("INSERT INTO things VALUES (2)")
        };
        tokio::spawn(async move { db.write(&Thing(0), write).await })
    };
    gate.holds(1).await;
    caller.abort();
    assert!(caller.await.expect_err("it was aborted").is_cancelled());
    assert_eq!(state(&db, 0).permits, 0, "the turn is taken as long as the work goes on");

    gate.open();
    until("the turn is back", async || state(&db, 0).permits == 1).await;
    assert_eq!(cluster.rows_per_shard("things", "true"), [2], "what had begun was done");
    assert_eq!(db.read(&Thing(0), C::things).await.expect("the shard is up"), 2);
    let state = state(&db, 0);
    assert_eq!((state.permits, state.size, state.idle), (1, 1, 1));
}

async fn a_caller_that_goes_away_in_the_queue_is_forgotten<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let gate = Gate::default();
    let holder = {
        let (db, gate) = (db.clone(), gate.clone());
        let call = move |c: &mut C| {
            gate.pass();
            c.things()
        };
        tokio::spawn(async move { db.read(&Thing(0), call).await })
    };
    gate.holds(1).await;

    let ran = Arc::new(AtomicBool::new(false));
    for _ in 0..5 {
        let ran = Arc::clone(&ran);
        let call = db.read(&Thing(0), move |_| {
            ran.store(true, Ordering::SeqCst);
            Ok(())
        });
        let waited = tokio::time::timeout(Duration::from_millis(20), call).await;
        assert!(waited.is_err(), "there was no turn to be had: {waited:?}");
    }
    gate.open();
    holder.await.expect("no panic").expect("the shard is up");
    // Turns come in order, so this one comes after any that was not forgotten.
    db.read(&Thing(0), C::things).await.expect("there is a turn");
    assert!(!ran.load(Ordering::SeqCst), "nobody waited for it any more");
    assert_eq!(state(&db, 0).permits, 1);
}
