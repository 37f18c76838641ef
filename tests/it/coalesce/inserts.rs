//! Many store rows at the same time, and each is stored once.

use super::every_connection;
use super::item::{Log, Speak};
use super::stage::{STEP, all_permits_are_back, at_once, insert, pool, stage};
use crate::support::cluster::TestCluster;

every_connection!(2 => hundreds_are_all_stored_once);

async fn hundreds_are_all_stored_once<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(3));
    let log = Log::default();
    let calls: Vec<_> =
        (0..200).flat_map(|id| [id, STEP + id]).map(|id| insert(&db, log.item(id))).collect();
    for answer in at_once(calls).await {
        answer.expect("nothing is in its way");
    }
    let whole = "note = 'item ' || id";
    assert_eq!(cluster.rows_per_shard("items", whole), [200, 200]);
    assert_eq!(cluster.rows_per_shard("items", "true"), [200, 200]);
    let statements = log.inserts();
    assert!(statements.len() < 400, "they shared statements");
    // Nothing failed, so nothing had to be said again.
    assert_eq!(statements.iter().map(Vec::len).sum::<usize>(), 400, "each row was sent once");
    for ids in &statements {
        assert!(ids.iter().all(|id| id / STEP == ids[0] / STEP), "two shards' rows: {ids:?}");
    }
    all_permits_are_back(&db).await;
}
