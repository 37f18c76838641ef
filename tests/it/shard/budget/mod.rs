//! One budget of connections for all shards.

mod frozen;
mod lending;
mod limit;
mod waiting;

use shardwright::{
    cluster::{BuildError, ShardedDb},
    config::PoolSettings,
    shard::ShardConnection,
};
use tokio::task::JoinHandle;

use super::db::{Speak, Thing, builder, pool, with_table};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

#[test]
fn minimums_beyond_the_total_are_not_built() {
    let urls = ["sqlite://a.db", "sqlite://b.db"].map(str::to_owned);
    let two = PoolSettings { min_idle: 2, ..pool(8) };
    let build = |total| builder::<ShardConnection>(&urls, &two).max_total(total).build();
    let error = build(3).expect_err("each is to have two");
    assert_eq!(error, BuildError::Total { max_total: 3, minimum: 4 });
    assert!(error.to_string().contains("set it to at least 4"), "{error}");
    build(4).expect("just enough");
}

type Outcome = Result<i64, shardwright::cluster::Error>;

/// A `ShardedDb` with so many connections altogether, and its table on every shard.
async fn sharing<C: Speak>(
    cluster: &TestCluster,
    max_total: u32,
    pool: &PoolSettings,
) -> ShardedDb<C> {
    drop(with_table::<C>(cluster, pool).await);
    builder(cluster.urls(), pool).max_total(max_total).build().expect("the minimums fit")
}

/// A call that stays at the gate with its connection.
fn hold<C: Speak>(db: &ShardedDb<C>, shard: i64, gate: &Gate) -> JoinHandle<Outcome> {
    let (db, gate) = (db.clone(), gate.clone());
    let call = move |c: &mut C| {
        gate.pass();
        c.things()
    };
    tokio::spawn(async move { db.read(&Thing(shard), call).await })
}

/// So many calls at a time on the shard, all of them answered.
async fn load<C: Speak>(db: &ShardedDb<C>, shard: i64, calls: usize, at_a_time: usize) {
    let gate = Gate::default();
    let calls: Vec<_> = (0..calls).map(|_| hold(db, shard, &gate)).collect();
    gate.holds(at_a_time).await;
    gate.open();
    for call in calls {
        call.await.expect("no panic").expect("its turn came");
    }
    assert_eq!(gate.most(), at_a_time);
}
