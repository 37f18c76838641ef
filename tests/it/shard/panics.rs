//! A panic in a closure is the caller's, and costs the shard nothing.

use diesel::QueryResult;
use shardwright::cluster::{Error, ShardedDb};

use super::db::{Speak, Thing, pool, shard, state, with_table};
use super::every_connection;
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 => a_panic_reaches_the_caller_and_loses_nothing);

async fn a_panic_reaches_the_caller_and_loses_nothing<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(2)).await;
    // More than there are permits: were one lost each time, the third call would wait in vain.
    for _ in 0..3 {
        assert_panics(&db, async |db| db.read(&Thing(0), insert_and_panic).await).await;
        assert_panics(&db, async |db| db.on(&shard(0), insert_and_panic).await).await;
        let scatter = async |db: ShardedDb<C>| {
            db.scatter::<Thing, _>(insert_and_panic).await.complete().map(drop)
        };
        assert_panics(&db, scatter).await;
        db.write(&Thing(0), |c| c.batch_execute("DELETE FROM things")).await.expect("it is up");
        assert_panics(&db, async |db| db.write(&Thing(0), insert_and_panic).await).await;
        assert_eq!(cluster.rows_per_shard("things", "true"), [0], "a panic rolls a write back");
    }
    assert_eq!(state(&db, 0).permits, 2);

    // Both places in the pool can be used at once.
    let gate = Gate::default();
    let held = [0, 1].map(|_| {
        let (db, gate) = (db.clone(), gate.clone());
        let call = move |c: &mut C| {
            gate.pass();
            c.things()
        };
        tokio::spawn(async move { db.read(&Thing(0), call).await })
    });
    gate.holds(2).await;
    gate.open();
    for call in held {
        assert_eq!(call.await.expect("no panic").expect("the shard is up"), 0);
    }
    let state = state(&db, 0);
    assert_eq!((state.permits, state.size, state.idle), (2, 2, 2));
}

fn insert_and_panic<C: Speak>(c: &mut C) -> QueryResult<()> {
    c.batch_execute("DELETE FROM things")?;
    c.batch_execute("INSERT INTO things VALUES (1)")?;
    panic!("the closure's own words");
}

async fn assert_panics<C: Speak>(
    db: &ShardedDb<C>,
    call: impl AsyncFnOnce(ShardedDb<C>) -> Result<(), Error>,
) {
    let call = std::panic::AssertUnwindSafe(call(db.clone()));
    let panic = futures::FutureExt::catch_unwind(call).await.expect_err("a panic");
    assert_eq!(panic.downcast_ref(), Some(&"the closure's own words"));
}
