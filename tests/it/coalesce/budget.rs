//! No more connections than `max_total`, whichever kind of call needs them.

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use shardwright::cluster::ShardedDb;

use super::every_connection_to_postgres;
use super::item::{Item, Log, Speak};
use super::stage::{STEP, all_permits_are_back, at_once, builder, make_table_at, pool};
use crate::support::cluster::{TestCluster, connect};

every_connection_to_postgres!(1 => the_server_never_has_more_sessions_than_the_budget);

const TOTAL: u32 = 5;

/// Three shards on one server, which refuses the role one session more.
async fn the_server_never_has_more_sessions_than_the_budget<C: Speak>(cluster: &TestCluster) {
    cluster.execute(0, &format!("CREATE ROLE limited LOGIN CONNECTION LIMIT {TOTAL}"));
    let urls = ["one", "two", "three"].map(|name| {
        cluster.execute(0, &format!("CREATE DATABASE {name}"));
        let url = cluster.server(0).url_for("postgres", name);
        make_table_at(&mut connect(&url));
        let grant = "GRANT ALL ON items TO limited";
        connect(&url).run(grant).expect("the server is up");
        cluster.server(0).url_for("limited", name)
    });
    let db: ShardedDb<C> =
        builder(&urls, &pool(8)).max_total(TOTAL).build().expect("the minimums fit");
    let over = Arc::new(AtomicBool::new(false));
    let counting = {
        let (over, mut eyes) = (Arc::clone(&over), cluster.connection(0));
        std::thread::spawn(move || most_sessions(&mut eyes, &over))
    };
    let end = Instant::now() + Duration::from_secs(3);
    let calls = at_once((0..24).map(|caller| hammer(db.clone(), caller, end))).await;
    over.store(true, Ordering::Relaxed);
    let most = counting.join().expect("it only counts");
    assert!((3..=TOTAL as usize).contains(&most), "{most} sessions");
    let stored: usize = calls.iter().sum();
    let rows: Vec<_> = ["one", "two", "three"]
        .iter()
        .map(|name| connect(&cluster.server(0).url_for("postgres", name)))
        .map(|mut c| c.stored("SELECT id, note FROM items").expect("the server is up").len())
        .collect();
    assert_eq!(rows.iter().sum::<usize>(), stored, "{rows:?}");
    assert!(rows.iter().all(|rows| *rows > 0), "{rows:?}");
    all_permits_are_back(&db).await;
}

/// The most sessions that were there at one time. The server looks at one after the other, so only
/// those count that it saw twice: in between, they all were there.
fn most_sessions(eyes: &mut impl Speak, over: &AtomicBool) -> usize {
    let sql = "SELECT pid::bigint AS id, '' AS note FROM pg_stat_activity
               WHERE usename = 'limited' AND application_name = 'shardwright'";
    let (mut most, mut before) = (0, HashSet::new());
    while !over.load(Ordering::Relaxed) {
        let sessions = eyes.stored(sql).expect("the server is up");
        let now: HashSet<i64> = sessions.into_iter().map(|session| session.id).collect();
        most = most.max(now.intersection(&before).count());
        before = now;
    }
    most
}

/// Inserts, finds and reads on all shards in turn; says how many rows it stored.
async fn hammer<C: Speak>(db: ShardedDb<C>, caller: i64, end: Instant) -> usize {
    let log = Log::default();
    let mut stored = 0;
    for round in 0.. {
        if Instant::now() > end {
            break;
        }
        let shard = if round / 8 % 2 == 0 { round / 16 % 3 } else { caller % 3 };
        let id = shard * STEP + round * 24 + caller;
        db.insert(log.item(id)).await.expect("its turn came");
        stored += 1;
        let row: Option<Item> = db.find(log.key(id)).await.expect("its turn came");
        assert_eq!(row.expect("it is there").id, id);
        db.read(&log.key(id), |c| c.run("SELECT 1")).await.expect("its turn came");
    }
    stored
}
