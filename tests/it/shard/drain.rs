//! The end: no more calls, those under way finished, connections closed while the pools still are.

use std::time::{Duration, Instant};

use futures::future::join;
use shardwright::shard::ShardError;

use super::db::{Speak, Thing, pool, shard, shard_error, state, with_table};
use super::{LIMIT, every_connection, every_connection_to_postgres, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(2 =>
    calls_under_way_end_and_no_more_begin,
    who_does_not_end_is_named_and_holds_up_no_other,
);

every_connection_to_postgres!(2 => the_server_sees_connections_end_in_order);

async fn calls_under_way_end_and_no_more_begin<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(2)).await;
    let gate = Gate::default();
    let (at_gate, caller) = (gate.clone(), db.clone());
    let call = tokio::spawn(async move {
        let held = move |c: &mut C| {
            at_gate.pass();
            c.things()
        };
        caller.read(&Thing(0), held).await
    });
    gate.holds(1).await;
    let meanwhile = async {
        until("it takes no more", async || {
            let refused = db.read(&Thing(0), C::things).await;
            refused.is_err_and(|error| {
                matches!(error, shardwright::cluster::Error::Shard(ShardError::ShuttingDown { .. }))
            })
        })
        .await;
        gate.open();
    };
    let (left, ()) = join(db.drain(LIMIT), meanwhile).await;
    assert_eq!(left, []);
    assert_eq!(call.await.expect("no panic").expect("it was let finish"), 0);
    for number in 0..2 {
        assert_eq!((state(&db, number).size, state(&db, number).idle), (0, 0));
    }
}

async fn who_does_not_end_is_named_and_holds_up_no_other<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(2)).await;
    db.read(&Thing(1), C::things).await.expect("it is up");
    let gate = Gate::default();
    let (at_gate, caller) = (gate.clone(), db.clone());
    let call = tokio::spawn(async move {
        let held = move |_: &mut C| {
            at_gate.pass();
            Ok(())
        };
        caller.read(&Thing(0), held).await
    });
    gate.holds(1).await;
    let asked = Instant::now();
    assert_eq!(db.drain(Duration::from_millis(200)).await, [shard(0)]);
    assert!(asked.elapsed() < LIMIT / 2, "{:?}", asked.elapsed());
    assert_eq!((state(&db, 0).size, state(&db, 1).size), (1, 0));
    let refused = shard_error(db.read(&Thing(1), C::things).await);
    assert!(matches!(refused, ShardError::ShuttingDown { .. }), "{refused:?}");
    gate.open();
    call.await.expect("no panic").expect("it ran to its end");
}

async fn the_server_sees_connections_end_in_order<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(2)).await;
    let ours = "application_name = 'shardwright' AND pid <> pg_backend_pid()";
    assert_eq!(cluster.rows_per_shard("pg_stat_activity", ours), [1, 1]);
    assert_eq!(db.drain(LIMIT).await, []);
    until("they are gone", async || cluster.rows_per_shard("pg_stat_activity", ours) == [0, 0])
        .await;
    for number in 0..2 {
        let log = cluster.server(number).log();
        assert!(!log.contains("unexpected EOF"), "{log}");
    }
}
