//! Many look for rows at the same time, and each gets its own.

use super::every_connection;
use super::item::{Log, Speak, note};
use super::stage::{STEP, all_permits_are_back, at_once, find, plant, pool, stage};
use crate::support::cluster::TestCluster;

every_connection!(2 => hundreds_get_each_their_own_row_or_none, one_row_goes_to_all_who_ask_for_it);

async fn hundreds_get_each_their_own_row_or_none<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(3));
    let log = Log::default();
    // Every third is there, on either shard; some are asked for twice.
    let all = (0..150).flat_map(|id| [id, STEP + id]);
    let there = |id: i64| id % STEP % 3 == 0;
    plant(cluster, all.clone().filter(|id| there(*id)));
    let asked: Vec<_> = all.clone().chain(all.step_by(5)).collect();
    let calls: Vec<_> = asked.iter().map(|id| find(&db, log.key(*id))).collect();
    let answers = at_once(calls).await;
    for (id, answer) in asked.iter().zip(answers) {
        let row = answer.expect("the shard is up").map(|row| (row.id, row.note));
        assert_eq!(row, there(*id).then(|| (*id, note(*id))), "who asked for {id}");
    }
    let statements = log.finds();
    assert!(statements.len() < asked.len(), "they shared statements");
    for ids in &statements {
        assert!(ids.iter().all(|id| id / STEP == ids[0] / STEP), "two shards' keys: {ids:?}");
    }
    all_permits_are_back(&db).await;
}

async fn one_row_goes_to_all_who_ask_for_it<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(2));
    let log = Log::default();
    plant(cluster, [7]);
    let calls: Vec<_> = (0..100).map(|_| find(&db, log.key(7))).collect();
    for answer in at_once(calls).await {
        let row = answer.expect("the shard is up").expect("it is there");
        assert_eq!((row.id, row.note), (7, note(7)));
    }
    all_permits_are_back(&db).await;
}
