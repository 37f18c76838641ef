//! The end: queued calls are told, those under way finish, and the lanes' threads go.

use std::fs;
use std::time::{Duration, Instant};

use futures::future::{join, join_all};
use shardwright::cluster::{Builder, ShardedDb};
use shardwright::key::{KeyRange, ShardId, ShardIndex};
use shardwright::routing::RangeRouter;
use shardwright::shard::ShardError;

use super::item::{Log, Speak};
use super::stage::{
    all_permits_are_back, at_once, begin, find, hold_finds, hold_inserts, insert, make_table, pool,
    shard_error, stage, state,
};
use super::{LIMIT, every_connection, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    what_is_queued_is_told_and_what_is_under_way_ends,
    a_drained_shard_has_no_connections,
    the_lanes_end_with_their_cluster,
);

async fn what_is_queued_is_told_and_what_is_under_way_ends<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    let (finds, inserts) = (Gate::default(), Gate::default());
    let held_find = hold_finds(&db, &log, &finds).await;
    let held_insert = hold_inserts(&db, &log, &inserts).await;
    let mut queued_finds: Vec<_> = (0..10).map(|id| find(&db, log.key(id))).collect();
    let mut queued_inserts: Vec<_> = (0..10).map(|id| insert(&db, log.item(id))).collect();
    begin(&mut queued_finds).await;
    begin(&mut queued_inserts).await;
    db.close();
    let (told_finds, told_inserts) = join(join_all(queued_finds), join_all(queued_inserts)).await;
    let told = told_finds.into_iter().map(shard_error);
    for error in told.chain(told_inserts.into_iter().map(shard_error)) {
        assert!(matches!(error, ShardError::ShuttingDown { .. }), "{error:?}");
    }
    let late = shard_error(insert(&db, log.item(20)).await);
    assert!(matches!(late, ShardError::ShuttingDown { .. }), "{late:?}");
    finds.open();
    inserts.open();
    held_find.await.expect("it was under way");
    held_insert.await.expect("it was under way");
    all_permits_are_back(&db).await;
    assert_eq!(cluster.rows_per_shard("items", "true"), [1], "the one under way");
}

async fn a_drained_shard_has_no_connections<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    let gate = Gate::default();
    let held = tokio::spawn(hold_finds(&db, &log, &gate).await);
    insert(&db, log.item(0)).await.expect("the shard is up");
    let meanwhile = async {
        until("it takes no more", async || {
            let refused = find(&db, log.key(0)).await;
            refused.is_err_and(|error| error.to_string().contains("shutting down"))
        })
        .await;
        gate.open();
    };
    let (left, ()) = join(db.drain(LIMIT), meanwhile).await;
    assert_eq!(left, []);
    held.await.expect("no panic").expect("it was under way");
    assert_eq!((state(&db, 0).size, state(&db, 0).idle), (0, 0));
}

/// Its shard has a name of its own, by which its threads are told from other tests'.
async fn the_lanes_end_with_their_cluster<C: Speak>(cluster: &TestCluster) {
    const NAME: &str = "z-last";
    make_table(cluster);
    let all = (KeyRange { start: None, end: None }, ShardIndex::new(0));
    let name = ShardId::new(NAME).expect("a good name");
    let router = RangeRouter::new(&[name], vec![all], false).expect("a good rule");
    let db: ShardedDb<C> = Builder::default()
        .shard(NAME, &cluster.urls()[0])
        .and_then(|builder| builder.keyspace("items", router)?.build())
        .expect("a good cluster");
    let log = Log::default();
    for answer in at_once((0..50).map(|id| insert(&db, log.item(id)))).await {
        answer.expect("the shard is up");
    }
    for answer in at_once((0..50).map(|id| find(&db, log.key(id)))).await {
        answer.expect("the shard is up").expect("it is there");
    }
    // One for the finds and one for the inserts, however many call.
    assert_eq!(threads(), 2, "{:?}", names());
    drop(db);
    // One without work ends by itself, but only after half a minute.
    let dropped = Instant::now();
    until("the lanes have ended", async || threads() == 0).await;
    assert!(dropped.elapsed() < Duration::from_secs(10), "{:?}", dropped.elapsed());
}

fn threads() -> usize {
    names().iter().filter(|name| name.starts_with("lane-z-last")).count()
}

fn names() -> Vec<String> {
    let tasks = fs::read_dir("/proc/self/task").expect("this is Linux");
    // A thread may end while we look.
    let name = |task: std::io::Result<fs::DirEntry>| {
        fs::read_to_string(task.ok()?.path().join("comm")).ok()
    };
    tasks.filter_map(name).collect()
}
