//! What is over its time is ended, on the server too.

use std::time::Duration;

use futures::future::join_all;
use shardwright::cluster::{Error, ShardedDb};
use shardwright::config::PoolSettings;
use shardwright::shard::{BreakerState, Deadline, ShardError, Trouble, Wait};

use super::db::{Speak, Thing, builder, pool, shard_error, state};
use super::{every_connection_to_postgres, until};
use crate::support::cluster::TestCluster;

every_connection_to_postgres!(1 =>
    a_statement_over_its_deadline_is_ended_on_the_server,
    a_write_that_waits_for_a_lock_is_ended_on_the_server,
    a_read_whose_caller_went_away_is_ended_on_the_server,
    a_write_whose_caller_went_away_has_until_its_deadline,
    a_server_that_is_slow_is_not_taken_for_dead,
    a_server_that_falls_silent_is_taken_for_dead,
    callers_without_time_or_interest_say_nothing_of_the_server,
);

const POOL: usize = 2;
const ACTIVE: &str = "application_name = 'shardwright' AND state = 'active' \
                      AND pid <> pg_backend_pid()";

const END_OURS: &str = "SELECT pg_terminate_backend(pid, 20000) FROM pg_stat_activity \
                        WHERE application_name = 'shardwright' AND pid <> pg_backend_pid()";

fn soon() -> Deadline {
    Deadline::after(Duration::from_millis(400))
}

fn sleep<C: Speak>(c: &mut C) -> diesel::QueryResult<()> {
    c.batch_execute("SELECT pg_sleep(600)")
}

/// A cluster whose server would let a statement go on for longer than any test waits.
async fn patient<C: Speak>(cluster: &TestCluster) -> ShardedDb<C> {
    const LONG: Duration = Duration::from_secs(600);
    let pool = PoolSettings { statement_timeout: LONG, ..pool(POOL as u32) };
    let db: ShardedDb<C> =
        builder(cluster.urls(), &pool).deadline(LONG).build().expect("a good cluster");
    let table = |c: &mut C| c.batch_execute("CREATE TABLE things (n BIGINT)");
    db.write(&Thing(0), table).await.expect("the shard is up");
    db
}

/// None of ours is at work on the server, and every turn is back.
async fn all_is_quiet<C: Speak>(db: &ShardedDb<C>, cluster: &TestCluster) {
    until("the server has ended it", async || {
        cluster.rows_per_shard("pg_stat_activity", ACTIVE) == [0]
    })
    .await;
    until("the turns are back", async || state(db, 0).permits == POOL).await;
}

async fn a_statement_over_its_deadline_is_ended_on_the_server<C: Speak>(cluster: &TestCluster) {
    let db = patient::<C>(cluster).await;
    let calls = (0..2 * POOL).map(async |_| db.within(soon()).read(&Thing(0), sleep).await);
    for outcome in join_all(calls).await {
        let reason = shard_error(outcome).reason();
        assert!(["timed out", "busy"].contains(&reason), "{reason}");
    }
    assert_eq!(state(&db, 0).size as usize, POOL, "that costs no connection");
    all_is_quiet(&db, cluster).await;
    assert_eq!(db.read(&Thing(0), C::things).await.expect("the shard is up"), 0);
}

async fn a_write_that_waits_for_a_lock_is_ended_on_the_server<C: Speak>(cluster: &TestCluster) {
    use diesel::connection::SimpleConnection;

    let db = patient::<C>(cluster).await;
    let mut holder = cluster.connection(0);
    holder.batch_execute("BEGIN; LOCK TABLE things").expect("the shard is up");
    let insert = |c: &mut C| c.batch_execute("INSERT INTO things VALUES (1)");
    let error = shard_error(db.within(soon()).write(&Thing(0), insert).await);
    assert_eq!(error.reason(), "timed out", "{error:?}");
    all_is_quiet(&db, cluster).await;
    holder.batch_execute("COMMIT").expect("the shard is up");
    assert_eq!(db.read(&Thing(0), C::things).await.expect("the shard is up"), 0, "not done later");
}

async fn a_read_whose_caller_went_away_is_ended_on_the_server<C: Speak>(cluster: &TestCluster) {
    let db = patient::<C>(cluster).await;
    let caller = {
        let db = db.clone();
        tokio::spawn(async move { db.read(&Thing(0), sleep).await })
    };
    let at_work = async || cluster.rows_per_shard("pg_stat_activity", ACTIVE) == [1];
    until("it is at work", at_work).await;
    caller.abort();
    all_is_quiet(&db, cluster).await;
}

async fn a_write_whose_caller_went_away_has_until_its_deadline<C: Speak>(cluster: &TestCluster) {
    let db = patient::<C>(cluster).await;
    let caller = {
        let db = db.within(Deadline::after(Duration::from_secs(3)));
        tokio::spawn(async move { db.write(&Thing(0), sleep).await })
    };
    let at_work = async || cluster.rows_per_shard("pg_stat_activity", ACTIVE) == [1];
    until("it is at work", at_work).await;
    caller.abort();
    all_is_quiet(&db, cluster).await;
}

/// A table that is locked keeps its callers waiting; those of other tables need not suffer.
async fn a_server_that_is_slow_is_not_taken_for_dead<C: Speak>(cluster: &TestCluster) {
    let db = patient::<C>(cluster).await;
    for _ in 0..5 {
        let error = shard_error(db.within(soon()).read(&Thing(0), sleep).await);
        assert_eq!(error.reason(), "timed out", "{error:?}");
    }
    let state = state(&db, 0);
    assert_eq!((state.breaker, state.trips), (BreakerState::Closed, 0));
    assert_eq!(db.read(&Thing(0), C::things).await.expect("the shard is up"), 0);
}

async fn a_server_that_falls_silent_is_taken_for_dead<C: Speak>(cluster: &TestCluster) {
    let db = patient::<C>(cluster).await;
    cluster.execute(0, END_OURS);
    cluster.server(0).freeze();
    let mut waited = 0;
    let refused = loop {
        match db.within(soon()).read(&Thing(0), C::things).await {
            Err(Error::Shard(ShardError::Timeout { wait: Wait::Connection, .. })) => waited += 1,
            Err(Error::Shard(error)) => break error,
            other => panic!("the server is frozen: {other:?}"),
        }
        // Its thread learns of the end a moment later than we do.
        until("the turn is back", async || state(&db, 0).permits == POOL).await;
    };
    let silent = matches!(refused, ShardError::Open { trouble: Trouble::Silent, .. });
    assert!(silent, "{refused:?}");
    assert_eq!(waited, 3, "connections that were never made");
    assert_eq!((state(&db, 0).breaker, state(&db, 0).trips), (BreakerState::Open, 1));
    cluster.server(0).thaw();
    until("it is back", async || db.read(&Thing(0), C::things).await.is_ok()).await;
}

async fn callers_without_time_or_interest_say_nothing_of_the_server<C: Speak>(
    cluster: &TestCluster,
) {
    let db = patient::<C>(cluster).await;
    cluster.execute(0, END_OURS);
    cluster.server(0).freeze();
    for _ in 0..4 {
        let went_away = tokio::time::timeout(Duration::from_millis(400), async {
            db.read(&Thing(0), C::things).await
        });
        assert!(went_away.await.is_err(), "the server is frozen");
        until("the turn is back", async || state(&db, 0).permits == POOL).await;
        let at_once = Deadline::after(Duration::from_millis(20));
        shard_error(db.within(at_once).read(&Thing(0), C::things).await);
        until("the turn is back", async || state(&db, 0).permits == POOL).await;
    }
    assert_eq!((state(&db, 0).breaker, state(&db, 0).trips), (BreakerState::Closed, 0));
    cluster.server(0).thaw();
}
