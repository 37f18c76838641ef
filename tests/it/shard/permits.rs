//! Turns: never more closures at a time than the pool has connections.

use std::time::{Duration, Instant};

use futures::future::join_all;
use shardwright::cluster::{Error, ShardedDb};
use shardwright::config::PoolSettings;
use shardwright::shard::ShardError;
use tokio::task::JoinHandle;

use super::db::{Speak, Thing, pool, shard, shard_error, state, with_table};
use super::every_connection;
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(2 =>
    never_more_closures_than_connections,
    when_every_turn_is_taken_the_shard_is_busy,
    many_more_calls_than_turns_are_all_answered,
);

fn hold<C: Speak>(db: &ShardedDb<C>, gate: &Gate) -> JoinHandle<Result<i64, Error>> {
    let (db, gate) = (db.clone(), gate.clone());
    let call = move |c: &mut C| {
        gate.pass();
        c.things()
    };
    tokio::spawn(async move { db.read(&Thing(0), call).await })
}

async fn never_more_closures_than_connections<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(3)).await;
    let gate = Gate::default();
    let calls: Vec<_> = (0..12).map(|_| hold(&db, &gate)).collect();
    gate.holds(3).await;
    assert_eq!(state(&db, 0).permits, 0);
    // Nobody else gets in, however long they try.
    let soon = shardwright::shard::Deadline::after(Duration::from_millis(200));
    let late = db.within(soon).read(&Thing(0), C::things).await;
    assert_eq!(shard_error(late).reason(), "busy");
    gate.open();
    for call in calls {
        call.await.expect("no panic").expect("its turn came");
    }
    assert_eq!(gate.most(), 3);
    let state = state(&db, 0);
    assert_eq!((state.permits, state.size, state.max_size), (3, 3, 3));
}

async fn when_every_turn_is_taken_the_shard_is_busy<C: Speak>(cluster: &TestCluster) {
    let patience = Duration::from_millis(150);
    let db = with_table::<C>(cluster, &PoolSettings { acquire_timeout: patience, ..pool(1) }).await;
    let gate = Gate::default();
    let holder = hold(&db, &gate);
    gate.holds(1).await;

    let asked = Instant::now();
    let error = shard_error(db.read(&Thing(0), C::things).await);
    assert!(asked.elapsed() < Duration::from_secs(20), "the deadline is 30 s off");
    assert_eq!(error.shard(), &shard(0));
    assert_eq!(error.reason(), "busy");
    assert!(error.to_string().contains("shard-0"), "{error}");
    match error {
        ShardError::Busy { waited, .. } => assert!(waited >= patience, "{waited:?}"),
        other => panic!("expected a busy shard, got {other:?}"),
    }
    db.read(&Thing(1), C::things).await.expect("its neighbour has turns");
    gate.open();
    holder.await.expect("no panic").expect("the shard is up");
    db.read(&Thing(0), C::things).await.expect("there is a turn again");
}

async fn many_more_calls_than_turns_are_all_answered<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(2)).await;
    let call = async |i: i64| {
        let insert = move |c: &mut C| c.batch_execute(&format!("INSERT INTO things VALUES ({i})"));
        db.write(&Thing(i % 2), insert).await
    };
    let outcomes = join_all((0..200).map(call)).await;
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!(cluster.rows_per_shard("things", "true"), [100, 100]);
    assert_eq!((state(&db, 0).permits, state(&db, 1).permits), (2, 2));
}
