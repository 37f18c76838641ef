//! Turns and connections are counted for calls in company as for others.

use std::time::{Duration, Instant};

use futures::future::join;
use shardwright::config::PoolSettings;
use shardwright::shard::ShardError;

use super::every_connection;
use super::item::{Log, Speak};
use super::stage::{all_permits_are_back, at_once, find, insert, pool, shard_error, stage, state};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    when_every_turn_is_taken_the_shard_is_busy,
    one_connection_is_enough,
);

async fn when_every_turn_is_taken_the_shard_is_busy<C: Speak>(cluster: &TestCluster) {
    let patience = Duration::from_millis(200);
    let db = stage::<C>(cluster, &PoolSettings { acquire_timeout: patience, ..pool(1) });
    let log = Log::default();
    let gate = Gate::default();
    let holder = {
        let (db, gate, key) = (db.clone(), gate.clone(), log.key(0));
        let call = move |_: &mut C| {
            gate.pass();
            Ok(())
        };
        tokio::spawn(async move { db.read(&key, call).await })
    };
    gate.holds(1).await;
    let asked = Instant::now();
    let finds = at_once((0..20).map(|id| find(&db, log.key(id))));
    let inserts = at_once((0..20).map(|id| insert(&db, log.item(id))));
    let (finds, inserts) = join(finds, inserts).await;
    assert!(asked.elapsed() < Duration::from_secs(10), "the deadline is 30 s off");
    let finds = finds.into_iter().map(shard_error);
    for error in finds.chain(inserts.into_iter().map(shard_error)) {
        match &error {
            ShardError::Busy { waited, .. } => assert!(*waited >= patience, "{waited:?}"),
            other => panic!("expected a busy shard, got {other:?}"),
        }
    }
    gate.open();
    holder.await.expect("no panic").expect("the shard is up");
    insert(&db, log.item(100)).await.expect("there is a turn again");
    find(&db, log.key(100)).await.expect("there is a turn again").expect("it is there");
    all_permits_are_back(&db).await;
    assert_eq!((log.finds(), log.inserts()), (vec![vec![100]], vec![vec![100]]));
}

/// Two lanes and the ordinary calls take turns on it.
async fn one_connection_is_enough<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    let caller = |caller: i64| {
        let (db, log) = (db.clone(), log.clone());
        async move {
            for id in (0..10).map(|n| n * 30 + caller) {
                insert(&db, log.item(id)).await.expect("its turn came");
                let row = find(&db, log.key(id)).await.expect("its turn came");
                assert_eq!(row.expect("it is there").id, id);
                let read = |c: &mut C| c.run("SELECT 1");
                db.read(&log.key(id), read).await.expect("its turn came");
            }
        }
    };
    at_once((0..30).map(caller)).await;
    all_permits_are_back(&db).await;
    assert_eq!(state(&db, 0).size, 1);
    assert_eq!(cluster.rows_per_shard("items", "true"), [300]);
}
