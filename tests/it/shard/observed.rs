//! An observer is told of every step of a call, of what befell it, and of nothing else.

use std::sync::Arc;
use std::time::Duration;

use diesel::result::Error as QueryError;
use shardwright::cluster::ShardedDb;
use shardwright::shard::BreakerState;

use super::db::{Speak, Thing, builder, pool, shard, state, with_table};
use super::{every_connection, every_connection_to_postgres, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;
use crate::support::recorder::Recorder;

every_connection!(2 =>
    every_step_of_a_call_is_told,
    a_scatter_is_told_with_what_was_missing,
    who_waits_is_counted_until_its_turn_comes,
);

every_connection_to_postgres!(1 => a_server_that_goes_is_told_by_its_class_and_its_breaker);

fn observed<C: Speak>(cluster: &TestCluster, max_size: u32) -> (ShardedDb<C>, Recorder) {
    let recorder = Recorder::default();
    let builder = builder::<C>(cluster.urls(), &pool(max_size));
    let db = builder.observer(Arc::new(recorder.clone())).build().expect("a good cluster");
    (db, recorder)
}

async fn every_step_of_a_call_is_told<C: Speak>(cluster: &TestCluster) {
    drop(with_table::<C>(cluster, &pool(1)).await);
    let (db, told) = observed::<C>(cluster, 1);
    db.read(&Thing(0), C::things).await.expect("it is up");
    let steps = ["turn to read", "connection to read", "ran read", "read done"]
        .map(|s| format!("shard-0: {s}"));
    assert_eq!(told.take(), steps);

    let insert = |c: &mut C| c.batch_execute("INSERT INTO things VALUES (1)");
    db.write(&Thing(1), insert).await.expect("it is up");
    assert_eq!(told.take().last().expect("it was told"), "shard-1: write done");
    db.write(&Thing(1), insert).await.expect_err("there is one");
    assert_eq!(told.take().last().expect("it was told"), "shard-1: write constraint");
    let gives_up = |_: &mut C| Err::<(), _>(QueryError::NotFound);
    db.on(&shard(0), gives_up).await.expect_err("it gave up");
    assert_eq!(told.take().last().expect("it was told"), "shard-0: operate statement");

    // Nobody asked for a probe, and it succeeds.
    let probed = db.shards()[0].probe(Duration::from_secs(10)).await;
    assert!(probed.expect("it is up").is_some());
    assert_eq!(told.take(), Vec::<String>::new());
}

async fn a_scatter_is_told_with_what_was_missing<C: Speak>(cluster: &TestCluster) {
    drop(with_table::<C>(cluster, &pool(1)).await);
    let (db, told) = observed::<C>(cluster, 1);
    let gathered = db.scatter::<Thing, _>(C::things).await;
    assert!(gathered.missing().is_empty());
    assert_eq!(told.take().last().expect("it was told"), "things: 0 of 2 missing");
    cluster.execute(1, "DROP TABLE things");
    let gathered = db.scatter::<Thing, _>(C::things).await;
    assert_eq!(gathered.missing().len(), 1);
    assert_eq!(told.take().last().expect("it was told"), "things: 1 of 2 missing");
}

async fn who_waits_is_counted_until_its_turn_comes<C: Speak>(cluster: &TestCluster) {
    let (db, _) = observed::<C>(cluster, 1);
    let gate = Gate::default();
    let calls: Vec<_> = (0..4)
        .map(|_| {
            let (db, gate) = (db.clone(), gate.clone());
            let pass = move |_: &mut C| {
                gate.pass();
                Ok(())
            };
            tokio::spawn(async move { db.read(&Thing(0), pass).await })
        })
        .collect();
    until("three wait", async || state(&db, 0).pending == 3).await;
    assert_eq!(state(&db, 1).pending, 0);
    gate.open();
    for call in calls {
        call.await.expect("no panic").expect("its turn came");
    }
    assert_eq!(state(&db, 0).pending, 0);
}

async fn a_server_that_goes_is_told_by_its_class_and_its_breaker<C: Speak>(cluster: &TestCluster) {
    cluster.server(0).kill();
    let (db, told) = observed::<C>(cluster, 1);
    for _ in 0..4 {
        db.read(&Thing(0), C::things).await.expect_err("it is gone");
    }
    let (turn, gone) = ("shard-0: turn to read", "shard-0: read unreachable");
    let open = ["shard-0: breaker open", gone, "shard-0: read breaker_open"];
    assert_eq!(told.take(), [&[turn, gone, turn, gone, turn][..], &open].concat());
    cluster.server(0).start_again();
    let back =
        async || db.read(&Thing(0), |c| c.number("SELECT 1::bigint AS answer")).await.is_ok();
    until("it is back", back).await;
    assert!(told.take().contains(&"shard-0: breaker closed".to_owned()));
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
}
