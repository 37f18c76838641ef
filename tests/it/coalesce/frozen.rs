//! A server that takes connections and never answers holds up its own callers, and them only until
//! their deadline.

use std::time::{Duration, Instant};

use futures::future::join;
use shardwright::shard::{BreakerState, Deadline, ShardError};

use super::item::{Log, Speak};
use super::stage::{
    STEP, all_permits_are_back, at_once, find, insert, plant, pool, shard_error, stage, state,
};
use super::{every_connection_to_postgres, until};
use crate::support::chaos::freeze;
use crate::support::cluster::TestCluster;

every_connection_to_postgres!(2 =>
    callers_are_answered_at_their_deadline_and_nothing_is_kept,
    the_breaker_opens_and_the_shard_is_taken_back,
);

const SHORT: Duration = Duration::from_millis(800);
const TURNS: u32 = 3;

/// Whether it is one of those that clients are told a 503 for.
fn assert_unavailable(error: &ShardError) {
    let reason = error.reason();
    let known = ["busy", "timed out", "connection lost", "unavailable", "no answer"];
    assert!(known.contains(&reason), "{reason}: {error:?}");
    assert_eq!(error.shard().as_str(), "shard-0");
}

async fn callers_are_answered_at_their_deadline_and_nothing_is_kept<C: Speak>(
    cluster: &TestCluster,
) {
    let db = stage::<C>(cluster, &pool(TURNS));
    let log = Log::default();
    plant(cluster, [0, STEP]);
    insert(&db, log.item(1)).await.expect("the shard is up");
    find(&db, log.key(0)).await.expect("the shard is up");
    let frozen = freeze(cluster.server(0));
    let asked = Instant::now();
    let hurried = db.within(Deadline::after(SHORT));
    let finds = at_once((0..30).map(|id| find(&hurried, log.key(id))));
    let inserts = at_once((100..130).map(|id| insert(&hurried, log.item(id))));
    let (finds, inserts) = join(finds, inserts).await;
    let took = asked.elapsed();
    assert!(took < SHORT + Duration::from_secs(4), "{took:?}");
    for error in finds.into_iter().map(shard_error).chain(inserts.into_iter().map(shard_error)) {
        assert_unavailable(&error);
    }
    // The server is still frozen: its statements were cut off.
    all_permits_are_back(&db).await;
    let neighbour = find(&db, log.key(STEP)).await.expect("its neighbour is up");
    assert!(neighbour.is_some());
    insert(&db, log.item(STEP + 1)).await.expect("its neighbour is up");
    drop(frozen);
    until("it is back", async || find(&db, log.key(0)).await.is_ok_and(|row| row.is_some())).await;
    insert(&db, log.item(200)).await.expect("it is back");
    all_permits_are_back(&db).await;
    assert!(state(&db, 0).size <= TURNS, "{:?}", state(&db, 0));
}

async fn the_breaker_opens_and_the_shard_is_taken_back<C: Speak>(cluster: &TestCluster) {
    let db = stage::<C>(cluster, &pool(TURNS));
    let log = Log::default();
    insert(&db, log.item(0)).await.expect("the shard is up");
    let frozen = freeze(cluster.server(0));
    let mut rounds = 0;
    while state(&db, 0).breaker == BreakerState::Closed {
        rounds += 1;
        assert!(rounds <= 20, "the breaker never opened");
        let hurried = db.within(Deadline::after(SHORT));
        let finds = at_once((0..10).map(|id| find(&hurried, log.key(id)))).await;
        finds.into_iter().map(shard_error).for_each(|error| assert_unavailable(&error));
    }
    let asked = Instant::now();
    let refused = shard_error(insert(&db, log.item(1)).await);
    // It lets one in at a time, to see; all others are told at once.
    if matches!(refused, ShardError::Open { .. }) {
        assert!(asked.elapsed() < Duration::from_secs(1), "{:?}", asked.elapsed());
    }
    drop(frozen);
    let back =
        async || insert(&db, log.item(2)).await.is_ok() || find(&db, log.key(2)).await.is_ok();
    until("it is back", back).await;
    all_permits_are_back(&db).await;
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
}
