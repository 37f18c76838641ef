//! Callers that go away at the very moment their calls are put together with others'.

use std::time::{Duration, Instant};

use super::every_connection_to_postgres;
use super::item::{Log, Speak};
use super::stage::{all_permits_are_back, begin, find, hold_finds, plant, pool, stage, state};
use crate::support::gate::Gate;
use crate::support::{cluster::TestCluster, seed::Seed};

every_connection_to_postgres!(1 => who_stays_is_answered_whenever_the_others_go);

const ROUNDS: usize = 1000;
/// With the one that stays, as many as go together.
const LEAVING: i64 = 255;

async fn who_stays_is_answered_whenever_the_others_go<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(1));
    let log = Log::default();
    plant(cluster, [1000]);
    let mut seed = Seed::from_env();
    for round in 0..ROUNDS {
        let gate = Gate::default();
        let held = hold_finds(&db, &log, &gate).await;
        let mut calls: Vec<_> = (0..LEAVING).map(|id| find(&db, log.key(id))).collect();
        calls.push(find(&db, log.key(1000)));
        begin(&mut calls).await;
        let stays = calls.pop().expect("the last");
        let moment = Duration::from_micros(seed.below(400) as u64);
        let runtime = tokio::runtime::Handle::current();
        let leaving = std::thread::spawn(move || {
            let _runtime = runtime.enter();
            gate.open();
            let opened = Instant::now();
            while opened.elapsed() < moment {
                std::hint::spin_loop();
            }
            // In the order they asked in, which is that of being put together.
            calls.into_iter().for_each(drop);
        });
        let row = stays.await;
        let found = row.as_ref().is_ok_and(Option::is_some);
        assert!(found, "round {round}, {moment:?}, SHARDWRIGHT_SEED={}: {row:?}", seed.first());
        held.await.expect("the shard is up");
        leaving.join().expect("it only drops");
    }
    all_permits_are_back(&db).await;
    assert_eq!(state(&db, 0).size, 1, "no connection was lost");
}
