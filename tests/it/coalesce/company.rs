//! Those who go in one statement with a row that is held up are soon stored without it.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use futures::FutureExt;
use shardwright::cluster::{Error, ShardedDb};
use shardwright::shard::ShardConnection;
use shardwright::store::{orders::Order, types::OrderId};
use tokio::task::JoinHandle;

use super::rows::{order, user};
use super::stage::{Call, all_permits_are_back, at_once, begin, service};
use super::until;
use crate::support::both::postgres_only;
use crate::support::chaos::Onlooker;
use crate::support::cluster::TestCluster;

postgres_only!(
    users_are_soon_stored_without_the_one_that_is_held_up,
    orders_are_soon_stored_without_the_one_that_is_held_up,
);

/// Far less than a deadline, and far more than a statement takes.
const SOON: Duration = Duration::from_secs(2);

/// Somebody else's transaction, with rows in it.
fn hold(cluster: &TestCluster, shard: usize, rows: &str) -> ShardConnection {
    let mut holder = cluster.connection(shard);
    holder.batch_execute(&format!("BEGIN; INSERT INTO {rows}")).expect("the shard is up");
    holder
}

/// The first two are held up: the first by itself, so that all others queue up and go together, and
/// the second with them. All but those two are soon done; gives those two back.
async fn all_but_two_are_soon_done(
    cluster: &TestCluster,
    shard: usize,
    mut calls: Vec<Call<()>>,
) -> [JoinHandle<Result<(), Error>>; 2] {
    let first = tokio::spawn(calls.remove(0));
    let mut onlooker = Onlooker::at(cluster.server(shard));
    until("it waits for the lock", async || onlooker.waiting() == 1).await;
    let asked = Instant::now();
    begin(&mut calls).await;
    let second = tokio::spawn(calls.remove(0));
    let timed = |call: Call<()>| call.map(move |outcome| (outcome, asked.elapsed()));
    for (outcome, took) in at_once(calls.into_iter().map(timed)).await {
        outcome.expect("nothing is in its way");
        assert!(took < SOON, "it waited for {took:?}");
    }
    assert!(!first.is_finished() && !second.is_finished(), "the lock is still held");
    [first, second]
}

async fn users_are_soon_stored_without_the_one_that_is_held_up(cluster: &TestCluster) {
    let db = &service(cluster, 4).await;
    let theirs = "users VALUES (0, 'n', 'e', NULL, now()), (1, 'n', 'e', NULL, now())";
    let mut holder = hold(cluster, 0, theirs);
    let call = |id| {
        let db: ShardedDb = db.clone();
        async move { db.insert(user(id)).await }.boxed()
    };
    let held_up = all_but_two_are_soon_done(cluster, 0, (0..40).map(call).collect()).await;
    // Given up by the other, the ids are ours.
    holder.batch_execute("ROLLBACK").expect("the shard is up");
    for call in held_up {
        call.await.expect("no panic").expect("nothing is in its way any more");
    }
    assert_eq!(cluster.rows_per_shard("users", "name <> 'n'"), [40, 0, 0]);
    all_permits_are_back(db).await;
}

async fn orders_are_soon_stored_without_the_one_that_is_held_up(cluster: &TestCluster) {
    let db = &service(cluster, 4).await;
    let orders: Vec<_> = (0..40).map(|cents| order("acme", cents)).collect();
    let home = db.locate(&orders[0]).expect("it has a place").as_str();
    let home = home.strip_prefix("shard-").expect("their names are shard-N");
    let home = home.parse().expect("their names are shard-N");
    let row = |id: OrderId| format!("('acme', '{id}', 'c', 'placed', 1, 'EUR', now())");
    let theirs = [row(orders[0].order_id), row(orders[1].order_id)].join(", ");
    let mut holder = hold(cluster, home, &format!("orders VALUES {theirs}"));
    let call = |order: Order| {
        let db: ShardedDb = db.clone();
        async move { db.insert(order).await }.boxed()
    };
    let calls = orders.into_iter().map(call).collect();
    let held_up = all_but_two_are_soon_done(cluster, home, calls).await;
    holder.batch_execute("ROLLBACK").expect("the shard is up");
    for call in held_up {
        call.await.expect("no panic").expect("nothing is in its way any more");
    }
    assert_eq!(cluster.rows_per_shard("orders", "customer_id <> 'c'").iter().sum::<i64>(), 40);
    all_permits_are_back(db).await;
}
