//! Finding out whether a shard answers, without standing in anyone's way.

use std::time::Duration;

use shardwright::cluster::ShardedDb;
use shardwright::shard::{BreakerState, Deadline, Shard, ShardError};

use super::db::{Speak, Thing, pool, shard, state, with_table};
use super::{every_connection, every_connection_to_postgres, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    a_shard_that_answers_says_how_long_it_took,
    a_shard_that_is_only_busy_is_alive,
);
every_connection_to_postgres!(1 =>
    a_dead_shard_opens_the_breaker_and_its_return_closes_it,
    a_shard_that_falls_silent_opens_the_breaker,
    a_shard_whose_calls_all_hang_is_found_out,
    calls_without_an_answer_bear_a_probe_out,
);

const PATIENCE: Duration = Duration::from_secs(5);

fn only<C: Speak>(db: &ShardedDb<C>) -> &Shard<C> {
    db.shard(&shard(0)).expect("there is one")
}

/// Takes the shard's one turn until the gate opens.
async fn occupied<C: Speak>(db: &ShardedDb<C>) -> Gate {
    let gate = Gate::default();
    let (held, db) = (gate.clone(), db.clone());
    let hold = move |c: &mut C| {
        held.pass();
        c.things()
    };
    tokio::spawn(async move { db.read(&Thing(0), hold).await });
    gate.holds(1).await;
    gate
}

async fn answered_nothing_lately<C: Speak>(db: &ShardedDb<C>) {
    let lately = Duration::from_millis(1100);
    let silent = async || state(db, 0).answered.is_some_and(|ago| ago > lately);
    until("the last answer is a while ago", silent).await;
}

async fn a_shard_that_answers_says_how_long_it_took<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let latency = only(&db).probe(PATIENCE).await.expect("the shard is up");
    assert!(latency.is_some_and(|latency| latency < PATIENCE), "{latency:?}");
    assert_eq!(state(&db, 0).permits, 1);
}

async fn a_shard_that_is_only_busy_is_alive<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let gate = occupied(&db).await;
    assert_eq!(only(&db).probe(PATIENCE).await.expect("it answered just now"), None);
    answered_nothing_lately(&db).await;
    assert_eq!(only(&db).probe(PATIENCE).await.expect("the server answers"), None);
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
    gate.open();
    until("the turn is back", async || state(&db, 0).permits == 1).await;
}

async fn a_dead_shard_opens_the_breaker_and_its_return_closes_it<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    cluster.server(0).kill();
    for _ in 0..4 {
        let error = only(&db).probe(PATIENCE).await.expect_err("it is dead");
        assert_eq!(error.reason(), "unavailable", "{error:?}");
    }
    assert_eq!(state(&db, 0).breaker, BreakerState::Open);
    cluster.server(0).start_again();
    let latency = only(&db).probe(PATIENCE).await.expect("it is back");
    assert!(latency.is_some());
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
}

async fn a_shard_that_falls_silent_opens_the_breaker<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let shortly = Duration::from_millis(300);
    only(&db).probe(shortly).await.expect("it is up");
    cluster.server(0).freeze();
    // The first of them hangs on a connection that was well a moment ago.
    for _ in 0..3 {
        let error = only(&db).probe(shortly).await.expect_err("it is frozen");
        assert!(matches!(error, ShardError::Timeout { .. }), "{error:?}");
        until("the turn is back", async || state(&db, 0).permits == 1).await;
    }
    assert_eq!(state(&db, 0).breaker, BreakerState::Open);
    cluster.server(0).thaw();
    until("it is back", async || only(&db).probe(PATIENCE).await.is_ok()).await;
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
}

/// No turn is left for a probe, and it needs none.
async fn a_shard_whose_calls_all_hang_is_found_out<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let gate = occupied(&db).await;
    cluster.server(0).freeze();
    answered_nothing_lately(&db).await;
    for _ in 0..3 {
        let error = only(&db).probe(Duration::from_millis(100)).await.expect_err("it is frozen");
        assert!(matches!(error, ShardError::Silent { .. }), "{error:?}");
    }
    assert_eq!(state(&db, 0).breaker, BreakerState::Open);
    cluster.server(0).thaw();
    gate.open();
    until("the turn is back", async || state(&db, 0).permits == 1).await;
    only(&db).probe(PATIENCE).await.expect("it is back");
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
}

/// By itself a call that takes too long means nothing.
async fn calls_without_an_answer_bear_a_probe_out<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(3)).await;
    let gate = Gate::default();
    let calls: Vec<_> = (0..2)
        .map(|_| {
            let soon = db.within(Deadline::after(Duration::from_secs(2)));
            let gate = gate.clone();
            let call = move |c: &mut C| {
                gate.pass();
                c.things()
            };
            tokio::spawn(async move { soon.read(&Thing(0), call).await })
        })
        .collect();
    gate.holds(2).await;
    cluster.server(0).freeze();
    only(&db).probe(Duration::from_millis(300)).await.expect_err("it is frozen");
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
    gate.open();
    for call in calls {
        call.await.expect("no panic").expect_err("it is frozen");
    }
    until("the turns are back", async || state(&db, 0).permits == 3).await;
    assert_eq!(state(&db, 0).breaker, BreakerState::Open);
    cluster.server(0).thaw();
}
