//! A server that refuses connections fails its callers at once, and is taken back when it returns.

use std::time::{Duration, Instant};

use shardwright::cluster::Error;
use shardwright::shard::{BreakerState, ShardError};

use super::db::{Speak, Thing, open, pool, shard, shard_error, state, with_table};
use super::{every_connection_to_postgres, until};
use crate::support::cluster::TestCluster;

every_connection_to_postgres!(2 =>
    a_dead_server_fails_at_once_and_is_taken_back,
    a_server_that_dies_in_use_fails_at_once_and_is_taken_back,
);

async fn a_dead_server_fails_at_once_and_is_taken_back<C: Speak>(cluster: &TestCluster) {
    cluster.server(1).kill();
    let db = open::<C>(cluster, &pool(2));
    let asked = Instant::now();
    for _ in 0..3 {
        let error = shard_error(db.read(&Thing(1), C::things).await);
        assert!(matches!(error, ShardError::Connect { .. }), "{error:?}");
        assert_eq!((error.shard(), error.reason()), (&shard(1), "unavailable"));
        let cause = std::error::Error::source(&error).expect("libpq's words").to_string();
        assert!(cause.contains("Connection refused"), "{cause}");
    }
    let error = shard_error(db.read(&Thing(1), C::things).await);
    match &error {
        ShardError::Open { shard: refused, retry_after, .. } => {
            assert_eq!(refused, &shard(1));
            assert!(*retry_after <= Duration::from_secs(1), "{retry_after:?}");
        }
        other => panic!("expected an open breaker, got {other:?}"),
    }
    assert_eq!(error.reason(), "unavailable");
    assert_eq!(state(&db, 1).breaker, BreakerState::Open);
    assert!(asked.elapsed() < Duration::from_secs(10), "a turn is waited for 20 s");
    // Operators are let through to look.
    let error = shard_error(db.on(&shard(1), C::things).await);
    assert!(matches!(error, ShardError::Connect { .. }), "{error:?}");
    let one = db.read(&Thing(0), |c| c.number("SELECT 1::bigint AS answer"));
    assert_eq!(one.await.expect("its neighbour is up"), 1);

    taken_back(&db, cluster).await;
    assert_eq!(state(&db, 1).permits, 2);
}

async fn a_server_that_dies_in_use_fails_at_once_and_is_taken_back<C: Speak>(
    cluster: &TestCluster,
) {
    let db = with_table::<C>(cluster, &pool(2)).await;
    cluster.server(1).kill();
    let asked = Instant::now();
    let mut open = false;
    for _ in 0..10 {
        let error = shard_error(db.read(&Thing(1), C::things).await);
        open |= matches!(error, ShardError::Open { .. });
    }
    assert!(open, "the breaker never opened");
    assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
    assert_eq!(db.read(&Thing(0), C::things).await.expect("its neighbour is up"), 0);
    taken_back(&db, cluster).await;
    assert_eq!(db.read(&Thing(1), C::things).await.expect("it is back"), 0);
}

async fn taken_back<C: Speak>(db: &shardwright::cluster::ShardedDb<C>, cluster: &TestCluster) {
    cluster.server(1).start_again();
    let answers = async || match db.read(&Thing(1), |c| c.batch_execute("SELECT 1")).await {
        Ok(()) => true,
        Err(Error::Shard(ShardError::Open { .. } | ShardError::Connect { .. })) => false,
        Err(other) => panic!("{other:?}"),
    };
    until("the shard is taken back", answers).await;
    assert_eq!(state(db, 1).breaker, BreakerState::Closed);
}
