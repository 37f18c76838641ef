//! A row that somebody else has locked holds up its own caller.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use shardwright::shard::{Deadline, ShardConnection};

use super::item::{Item, Log, Speak};
use super::stage::{
    all_permits_are_back, at_once, find, insert, plant, pool, shard_error, stage, state,
};
use super::{every_connection, every_connection_to_postgres, until};
use crate::support::chaos::Onlooker;
use crate::support::cluster::TestCluster;

every_connection_to_postgres!(1 =>
    inserts_after_one_that_is_held_up_go_past_it,
    finds_go_past_inserts_that_are_held_up,
);
every_connection!(1 => a_locked_table_holds_up_inserts_until_it_is_free);

/// Far less than a deadline, and far more than a statement takes.
const SOON: Duration = Duration::from_secs(2);

/// Somebody else's transaction, with these items in it.
fn hold(cluster: &TestCluster, ids: &[i64]) -> ShardConnection {
    let mut holder = cluster.connection(0);
    let rows: Vec<_> = ids.iter().map(|id| format!("({id}, 'theirs')")).collect();
    let insert = format!("BEGIN; INSERT INTO items VALUES {}", rows.join(", "));
    holder.batch_execute(&insert).expect("the shard is up");
    holder
}

async fn waiting(cluster: &TestCluster, calls: usize) {
    let mut onlooker = Onlooker::at(cluster.server(0));
    until("they wait for the lock", async || onlooker.waiting() == calls).await;
}

async fn inserts_after_one_that_is_held_up_go_past_it<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(4));
    let log = Log::default();
    let mut holder = hold(cluster, &[5]);
    let patience = Duration::from_secs(8);
    let asked = Instant::now();
    let held_up = tokio::spawn(insert(&db.within(Deadline::after(patience)), log.item(5)));
    waiting(cluster, 1).await;
    for id in 100..110 {
        let asked = Instant::now();
        insert(&db, log.item(id)).await.expect("nothing is in its way");
        assert!(asked.elapsed() < SOON, "{id} waited for {:?}", asked.elapsed());
    }
    let asked_many = Instant::now();
    for answer in at_once((200..240).map(|id| insert(&db, log.item(id)))).await {
        answer.expect("nothing is in its way");
    }
    assert!(asked_many.elapsed() < SOON, "they waited for {:?}", asked_many.elapsed());
    assert!(!held_up.is_finished(), "the lock is still held");
    assert_eq!(cluster.rows_per_shard("items", "id >= 100"), [50]);
    shard_error(held_up.await.expect("no panic"));
    assert!(asked.elapsed() < patience + Duration::from_secs(10), "{:?}", asked.elapsed());
    holder.batch_execute("ROLLBACK").expect("the shard is up");
    all_permits_are_back(&db).await;
    insert(&db, log.item(6)).await.expect("the lane goes on");
}

async fn finds_go_past_inserts_that_are_held_up<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(4));
    let log = Log::default();
    plant(cluster, 100..110);
    let mut holder = hold(cluster, &[5, 6]);
    let mut held_up = Vec::new();
    for (before, id) in [5, 6].into_iter().enumerate() {
        held_up.push(tokio::spawn(insert(&db, log.item(id))));
        waiting(cluster, before + 1).await;
    }
    for id in 100..110 {
        let asked = Instant::now();
        let row = find(&db, log.key(id)).await.expect("nothing is in its way");
        assert_eq!(row.expect("it is there").id, id);
        assert!(asked.elapsed() < SOON, "{id} waited for {:?}", asked.elapsed());
    }
    assert!(held_up.iter().all(|call| !call.is_finished()), "the lock is still held");
    // Given up by the other, the ids are ours.
    holder.batch_execute("ROLLBACK").expect("the shard is up");
    for call in held_up {
        call.await.expect("no panic").expect("nothing is in its way any more");
    }
    assert_eq!(cluster.rows_per_shard("items", "id IN (5, 6) AND note <> 'theirs'"), [2]);
    all_permits_are_back(&db).await;
}

async fn a_locked_table_holds_up_inserts_until_it_is_free<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(4));
    let log = Log::default();
    plant(cluster, 100..110);
    let mut holder = cluster.connection(0);
    let lock = match cluster.backend() {
        "sqlite" => "BEGIN IMMEDIATE",
        _ => "BEGIN; LOCK TABLE items IN EXCLUSIVE MODE",
    };
    holder.batch_execute(lock).expect("the shard is up");
    let held_up: Vec<_> = (0..20).map(|id| tokio::spawn(insert(&db, log.item(id)))).collect();
    until("they are under way", async || state(&db, 0).permits < 4).await;
    let keys = (100..110).map(|id| log.key(id));
    let rows = at_once(keys.map(|key| find(&db, key))).await;
    let found = |row: Result<Option<Item>, _>| row.expect("nothing is in its way").is_some();
    assert!(rows.into_iter().all(found), "they are there");
    assert!(held_up.iter().all(|call| !call.is_finished()), "the lock is still held");
    holder.batch_execute("ROLLBACK").expect("the shard is up");
    for call in held_up {
        call.await.expect("no panic").expect("nothing is in its way any more");
    }
    assert_eq!(cluster.rows_per_shard("items", "id < 20"), [20]);
    all_permits_are_back(&db).await;
}
