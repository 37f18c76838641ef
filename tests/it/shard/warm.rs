//! Connections that are open before anyone needs them.

use std::time::{Duration, Instant};

use shardwright::config::{HealthSettings, PoolSettings};
use shardwright::ops::Monitor;

use super::db::{Speak, Thing, open, pool, shard, state};
use super::{every_connection, every_connection_to_postgres, until};
use crate::support::cluster::TestCluster;

every_connection!(1 => as_many_as_wanted_are_opened_once);
every_connection_to_postgres!(1 =>
    those_that_were_lost_are_opened_again,
    a_silent_server_does_not_keep_the_turns,
);

const WANTED: u32 = 3;

fn wanting() -> PoolSettings {
    PoolSettings { min_idle: WANTED, ..pool(4) }
}

async fn as_many_as_wanted_are_opened_once<C: Speak>(cluster: &TestCluster) {
    let db = open::<C>(cluster, &wanting());
    let only = db.shard(&shard(0)).expect("there is one");
    for _ in 0..3 {
        only.warm().await.expect("the shard is up");
        let state = state(&db, 0);
        assert_eq!((state.size, state.idle, state.permits), (WANTED, WANTED, 4));
    }
}

async fn those_that_were_lost_are_opened_again<C: Speak>(cluster: &TestCluster) {
    let db = open::<C>(cluster, &wanting());
    let interval = Duration::from_millis(50);
    let _monitor = Monitor::start(&db, HealthSettings { interval, ..Default::default() }).await;
    let all_there = async || state(&db, 0).idle >= WANTED;
    until("they are open", all_there).await;
    for _ in 1..WANTED {
        let end = |c: &mut C| c.batch_execute("SELECT pg_terminate_backend(pg_backend_pid())");
        db.read(&Thing(0), end).await.expect_err("its connection is gone");
    }
    until("they are open again", all_there).await;
}

async fn a_silent_server_does_not_keep_the_turns<C: Speak>(cluster: &TestCluster) {
    let connect_timeout = Duration::from_secs(1);
    let db = open::<C>(cluster, &PoolSettings { connect_timeout, ..wanting() });
    cluster.server(0).freeze();
    let asked = Instant::now();
    let only = db.shard(&shard(0)).expect("there is one");
    let _ = only.warm().await;
    until("the turns are back", async || state(&db, 0).permits == 4).await;
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    assert_eq!(state(&db, 0).size, 0);
    cluster.server(0).thaw();
}
