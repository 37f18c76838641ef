//! Whatever is done for a key stands in the span of its route, and so tells its keyspace.

use std::sync::atomic::{AtomicI64, Ordering};

use tracing::Instrument;

use super::every_connection;
use super::item::{ItemKey, Log, Speak};
use super::stage::{find, find_as_one, insert, plant, pool, stage};
use crate::support::cluster::TestCluster;
use crate::support::paths::Paths;

every_connection!(2 => a_call_is_a_part_of_its_route, a_scatter_is_one_span, a_batch_says_of_whom);

/// The path of each step of a call for an item of `shard-0`.
fn steps(steps: &[&str]) -> Vec<String> {
    let route = "route keyspace=items shard.id=shard-0";
    let mut paths = vec![route.to_owned()];
    paths.extend(steps.iter().map(|step| format!("{route} > {step}")));
    paths.sort();
    paths
}

/// A thread's span may end a moment after its caller has the answer.
async fn they_are(paths: &Paths, test: &str, wanted: &[String]) {
    super::until("all spans have ended", async || paths.below(test).len() >= wanted.len()).await;
    assert_eq!(paths.below(test), wanted);
}

async fn a_call_is_a_part_of_its_route<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    let in_order = [
        ("permit shard.id=shard-0 access=read", "query shard.id=shard-0 access=read"),
        ("permit shard.id=shard-0 access=write", "query shard.id=shard-0 access=write"),
        ("permit shard.id=shard-0 access=insert", "query shard.id=shard-0 access=insert"),
        ("permit shard.id=shard-0 access=read", "query shard.id=shard-0 access=read"),
    ];
    for (nth, (permit, query)) in in_order.into_iter().enumerate() {
        let name = format!("{} {nth}", std::any::type_name::<C>());
        let (paths, root) = Paths::watch(&name);
        match nth {
            0 => drop(db.read(&log.key(7), |_| Ok(())).instrument(root).await),
            1 => drop(db.write(&log.key(7), |_| Ok(())).instrument(root).await),
            2 => drop(insert(&db, log.item(7)).instrument(root).await),
            _ => drop(find(&db, log.key(7)).instrument(root).await),
        }
        let wanted = steps(&[permit, "connection shard.id=shard-0", query]);
        they_are(&paths, &name, &wanted).await;
    }
}

async fn a_scatter_is_one_span<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let name = format!("{} scatter", std::any::type_name::<C>());
    let (paths, root) = Paths::watch(&name);
    let gathered = db.scatter::<ItemKey, _>(|_| Ok(())).instrument(root).await;
    assert_eq!(gathered.missing().len(), 0);
    let scatter = "scatter keyspace=items shards=2";
    let mut wanted = vec![scatter.to_owned()];
    for shard in ["shard-0", "shard-1"] {
        let of = |step: &str| format!("{scatter} > {step}");
        wanted.push(of(&format!("connection shard.id={shard}")));
        wanted.push(of(&format!("permit shard.id={shard} access=read")));
        wanted.push(of(&format!("query shard.id={shard} access=read")));
    }
    wanted.sort();
    they_are(&paths, &name, &wanted).await;
}

async fn a_batch_says_of_whom<C: Speak>(cluster: &TestCluster) {
    // No two tests of one process have as many.
    static ROWS: AtomicI64 = AtomicI64::new(8);
    let rows = ROWS.fetch_add(1, Ordering::Relaxed);
    let db = stage::<C>(cluster, &pool(1));
    plant(cluster, 0..rows);
    let (paths, _) = Paths::watch("a batch");
    find_as_one(&db, 0..rows).await;
    let batch = format!("batch keyspace=items shard.id=shard-0 access=read rows={rows}");
    let query = format!("{batch} > query shard.id=shard-0 access=read");
    let is_over = || paths.under(&batch).contains(&batch);
    super::until("the batch is over", async || is_over()).await;
    assert!(paths.under(&batch).contains(&query), "{:?}", paths.under(&batch));
}
