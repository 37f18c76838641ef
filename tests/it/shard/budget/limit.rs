//! What the server counts.

use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use futures::future::join_all;
use shardwright::cluster::ShardedDb;

use crate::shard::db::{Speak, Thing, builder, pool, state};
use crate::support::cluster::TestCluster;
use crate::support::every::{every_connection, every_connection_to_postgres};

every_connection_to_postgres!(1 => the_server_never_has_more_sessions_than_the_budget);
every_connection!(3 => the_shards_never_have_more_connections_than_the_budget);

const TOTAL: u32 = 6;

/// Three shards on one server, whose sessions can so be counted at one moment. The server is the
/// judge: it refuses the role one session more, and counts those that are about to end.
async fn the_server_never_has_more_sessions_than_the_budget<C: Speak>(cluster: &TestCluster) {
    cluster.execute(0, &format!("CREATE ROLE limited LOGIN CONNECTION LIMIT {TOTAL}"));
    let urls = ["one", "two", "three"].map(|name| {
        cluster.execute(0, &format!("CREATE DATABASE {name}"));
        cluster.server(0).url_for("limited", name)
    });
    let db: ShardedDb<C> =
        builder(&urls, &pool(8)).max_total(TOTAL).build().expect("the minimums fit");
    let most = while_hammered(&db, |over| most_sessions(cluster, over));
    assert_eq!(most, TOTAL as usize, "all that there may be, and never more");
}

async fn the_shards_never_have_more_connections_than_the_budget<C: Speak>(cluster: &TestCluster) {
    let db = super::sharing::<C>(cluster, TOTAL, &pool(8)).await;
    let most = while_hammered(&db, |over| {
        let mut most = 0;
        while !over.load(Ordering::Relaxed) {
            most = most.max((0..3).map(|shard| state(&db, shard).size).max().unwrap_or_default());
            std::thread::yield_now();
        }
        most
    });
    // How far one gets beyond its even share is a matter of timing; lending has its own tests.
    assert!((2..=TOTAL - 2).contains(&most), "all but the minimums of the others, not {most}");
    let open: u32 = (0..3).map(|shard| state(&db, shard).size).sum();
    assert!(open <= TOTAL, "{db:?}");
    assert!((0..3).all(|shard| state(&db, shard).size > 0), "a minimum was lent: {db:?}");
    let permits = [0, 1, 2].map(|shard| state(&db, shard).permits);
    assert_eq!(permits, [8, 8, 8]);
}

/// What someone counts while all shards are asked by more than there are connections for.
fn while_hammered<C: Speak, N: Send>(
    db: &ShardedDb<C>,
    count: impl FnOnce(&AtomicBool) -> N + Send,
) -> N {
    let over = AtomicBool::new(false);
    let runtime = tokio::runtime::Handle::current();
    std::thread::scope(|scope| {
        let counting = scope.spawn(|| count(&over));
        let hammering = Ends(&over);
        tokio::task::block_in_place(|| runtime.block_on(hammer(db)));
        drop(hammering);
        counting.join().expect("it only counts")
    })
}

/// Ends the counting, also when a call failed.
struct Ends<'a>(&'a AtomicBool);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// The most sessions that were there at one time. The server looks at one after the other, so only
/// those count that it saw twice: in between, they all were there.
fn most_sessions(cluster: &TestCluster, over: &AtomicBool) -> usize {
    let sql = "SELECT coalesce(string_agg(pid::text, ' '), '') AS answer FROM pg_stat_activity
               WHERE usename = 'limited' AND application_name = 'shardwright'";
    let mut connection = cluster.connection(0);
    let (mut most, mut before) = (0, HashSet::new());
    while !over.load(Ordering::Relaxed) {
        let sessions = connection.text(sql).expect("the server is up");
        let now: HashSet<String> = sessions.split_whitespace().map(str::to_owned).collect();
        most = most.max(now.intersection(&before).count());
        before = now;
    }
    most
}

/// A query that takes its connection for about a millisecond, so that callers do wait for one.
const LONG_ENOUGH: &str = "
    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
    SELECT CAST(count(*) AS BIGINT) AS answer FROM n";

/// Callers that ask now all the same shard and now each its own, so that each shard in turn needs
/// what the others have.
async fn hammer<C: Speak>(db: &ShardedDb<C>) {
    let end = Instant::now() + Duration::from_secs(3);
    let callers = (0..24_i64).map(async |caller| {
        for round in 0.. {
            if Instant::now() > end {
                break;
            }
            let shard = if round / 8 % 2 == 0 { round / 16 % 3 } else { caller % 3 };
            let answer = db.read(&Thing(shard), |c| c.number(LONG_ENOUGH)).await;
            answer.expect("its turn came");
        }
    });
    join_all(callers).await;
}
