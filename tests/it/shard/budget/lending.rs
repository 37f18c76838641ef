//! Idle connections go to the shard that needs them, and come back.

use shardwright::cluster::ShardedDb;
use shardwright::config::PoolSettings;

use super::{hold, load, sharing};
use crate::shard::db::{Speak, Thing, pool, state};
use crate::shard::{every_connection, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(3 =>
    one_shards_load_borrows_what_the_others_leave_idle,
    a_minimum_is_never_lent,
    a_connection_that_is_lost_makes_room,
    connections_ahead_of_need_stay_within_the_budget,
);

const TOTAL: u32 = 6;

fn open<C: Speak>(db: &ShardedDb<C>) -> u32 {
    (0..3).map(|shard| state(db, shard).size).sum()
}

async fn one_shards_load_borrows_what_the_others_leave_idle<C: Speak>(cluster: &TestCluster) {
    let db = sharing::<C>(cluster, TOTAL, &pool(TOTAL)).await;
    for shard in [0, 1, 2, 0] {
        // All that the others' minimums leave: what was idle elsewhere is closed for it.
        load(&db, shard, 10, 4).await;
        assert!(open(&db) <= TOTAL, "{db:?}");
        assert_eq!(state(&db, shard as usize).size, 4);
    }
    // None is lent below its minimum, so the others' last ones are still open.
    assert_eq!((state(&db, 1).size, state(&db, 2).size), (1, 1));
}

async fn a_minimum_is_never_lent<C: Speak>(cluster: &TestCluster) {
    let two = PoolSettings { min_idle: 2, ..pool(TOTAL) };
    let db = sharing::<C>(cluster, TOTAL + 1, &two).await;
    for shard in 0..3 {
        load(&db, shard, 5, 3).await;
    }
    // One shard at its most, and each of the others has its two at once.
    let (gate, others) = (Gate::default(), Gate::default());
    let mut calls: Vec<_> = (0..5).map(|_| hold(&db, 0, &gate)).collect();
    gate.holds(3).await;
    for shard in [1, 1, 2, 2] {
        calls.push(hold(&db, shard, &others));
    }
    others.holds(4).await;
    others.open();
    gate.open();
    for call in calls {
        call.await.expect("no panic").expect("its turn came");
    }
    assert_eq!(gate.most(), 3);
}

/// A panic costs its connection, and nothing more.
async fn a_connection_that_is_lost_makes_room<C: Speak>(cluster: &TestCluster) {
    let db = sharing::<C>(cluster, TOTAL, &pool(TOTAL)).await;
    for i in 0..2 * TOTAL {
        let db = db.clone();
        let panics = tokio::spawn(async move {
            db.read(&Thing(i64::from(i % 3)), |_: &mut C| -> diesel::QueryResult<()> {
                panic!("on purpose")
            })
            .await
        });
        assert!(panics.await.expect_err("it panicked").is_panic());
    }
    until("the permits are back", async || (0..3).all(|i| state(&db, i).permits == 6)).await;
    for shard in 0..3 {
        load(&db, shard, 6, 4).await;
    }
}

async fn connections_ahead_of_need_stay_within_the_budget<C: Speak>(cluster: &TestCluster) {
    let two = PoolSettings { min_idle: 2, ..pool(TOTAL) };
    let db = sharing::<C>(cluster, TOTAL, &two).await;
    let gate = Gate::default();
    let held = [hold(&db, 0, &gate), hold(&db, 0, &gate)];
    gate.holds(2).await;
    for shard in db.shards() {
        shard.warm().await.expect("they are up");
    }
    assert_eq!([0, 1, 2].map(|i| state(&db, i).size), [2, 2, 2]);
    gate.open();
    for call in held {
        call.await.expect("no panic").expect("its turn came");
    }
    assert_eq!(open(&db), TOTAL);
}
