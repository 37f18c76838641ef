//! What the server counts.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use shardwright::cluster::ShardedDb;

use super::super::db::{Speak, Thing, builder, pool};
use crate::shard::every_connection_to_postgres;
use crate::support::cluster::TestCluster;

every_connection_to_postgres!(1 =>
    the_server_never_has_more_sessions_than_the_budget,
);

const TOTAL: u32 = 6;
/// Our sessions, those that are still being set up included.
const OURS: &str = "backend_type = 'client backend' AND pid <> pg_backend_pid()";

/// Three shards on one server, whose sessions can so be counted at one moment.
async fn the_server_never_has_more_sessions_than_the_budget<C: Speak>(cluster: &TestCluster) {
    let url = cluster.urls()[0].clone();
    let urls = ["one", "two", "three"].map(|name| {
        cluster.execute(0, &format!("CREATE DATABASE {name}"));
        let (server, _) = url.rsplit_once('/').expect("it names a database");
        format!("{server}/{name}")
    });
    let over = AtomicBool::new(false);
    let db: ShardedDb<C> =
        builder(&urls, &pool(8)).max_total(TOTAL).build().expect("the minimums fit");
    let most = std::thread::scope(|scope| {
        let counting = scope.spawn(|| most_sessions(cluster, &over));
        let handle = tokio::runtime::Handle::current();
        tokio::task::block_in_place(|| handle.block_on(hammer(&db)));
        over.store(true, Ordering::Relaxed);
        counting.join().expect("it only counts")
    });
    assert_eq!(most, i64::from(TOTAL), "all that there may be, and never more");
}

fn most_sessions(cluster: &TestCluster, over: &AtomicBool) -> i64 {
    let mut connection = cluster.connection(0);
    let mut most = 0;
    while !over.load(Ordering::Relaxed) {
        let sql = format!("SELECT count(*) AS answer FROM pg_stat_activity WHERE {OURS}");
        most = most.max(connection.number(&sql).expect("the server is up"));
    }
    most
}

/// Callers that ask now this shard and now that, so that each in turn needs what the others have.
async fn hammer<C: Speak>(db: &ShardedDb<C>) {
    let end = Instant::now() + Duration::from_secs(4);
    let callers = (0..24_i64).map(async |caller| {
        for round in 0.. {
            if Instant::now() > end {
                break;
            }
            let shard = if round / 8 % 2 == 0 { round / 16 % 3 } else { caller % 3 };
            let answer = db.read(&Thing(shard), |c| c.number("SELECT 1::bigint AS answer")).await;
            answer.expect("its turn came");
        }
    });
    join_all(callers).await;
}
