//! Connections that die under us: noticed, replaced, and told only to whom it could not be hidden.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use diesel::PgConnection;
use diesel::connection::SimpleConnection;
use futures::future::join_all;
use rustix::process::{Pid, Signal, kill_process};
use shardwright::cluster::ShardedDb;
use shardwright::key::ShardId;
use shardwright::shard::{BreakerState, Held, ShardError};

use super::db::{Speak, Thing, builder, pool, shard_error, state, with_table};
use super::{every_connection_to_postgres, until};
use crate::support::cluster::{TestCluster, connect};
use crate::support::gate::Gate;

every_connection_to_postgres!(1 =>
    connections_that_died_in_their_sleep_are_replaced_unseen,
    connections_that_died_a_moment_ago_are_replaced_unseen,
    a_connection_that_fell_silent_in_its_sleep_is_replaced_unseen,
    the_dead_are_found_without_a_look_at_their_socket,
    a_write_that_was_not_sent_is_begun_again,
    a_connection_lost_in_mid_statement_is_that_calls_error_alone,
    a_server_that_restarted_is_found_again,
);

const POOL: usize = 4;
const OURS: &str = "application_name = 'shardwright' AND pid <> pg_backend_pid()";

/// A `ShardedDb` with all of its connections open and idle.
async fn warmed<C: Speak>(cluster: &TestCluster) -> ShardedDb<C> {
    let db = with_table::<C>(cluster, &pool(POOL as u32)).await;
    let gate = Gate::default();
    let calls = join_all((0..POOL).map(|_| {
        let gate = gate.clone();
        db.read(&Thing(0), move |c| {
            gate.pass();
            c.things()
        })
    }));
    let open = async {
        gate.holds(POOL).await;
        gate.open();
    };
    let (answers, ()) = futures::future::join(calls, open).await;
    assert!(answers.iter().all(Result::is_ok), "{answers:?}");
    assert_eq!(state(&db, 0).idle as usize, POOL);
    db
}

/// From a second of idleness on, a connection is asked whether it is alive.
fn idle_for_a_while<C: Speak>(db: &ShardedDb<C>) -> bool {
    state(db, 0).answered.is_some_and(|ago| ago > Duration::from_millis(1100))
}

/// Ends every session of ours from the server's side and waits until they are gone.
async fn terminate(cluster: &TestCluster) {
    let sql = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {OURS}");
    cluster.execute(0, &sql);
    until("they are gone", async || cluster.rows_per_shard("pg_stat_activity", OURS) == [0]).await;
}

async fn connections_that_died_in_their_sleep_are_replaced_unseen<C: Speak>(cluster: &TestCluster) {
    let db = warmed::<C>(cluster).await;
    terminate(cluster).await;
    until("the connections have been idle", async || idle_for_a_while(&db)).await;
    for _ in 0..2 * POOL {
        db.read(&Thing(0), C::things).await.expect("nothing was under way");
    }
    db.write(&Thing(0), |c| c.batch_execute("INSERT INTO things VALUES (1)"))
        .await
        .expect("a write");
    assert_eq!(state(&db, 0).permits, POOL);
}

/// Too short a while for them to be asked: their end has to be seen on the socket.
async fn connections_that_died_a_moment_ago_are_replaced_unseen<C: Speak>(cluster: &TestCluster) {
    for _ in 0..5 {
        let db = warmed::<C>(cluster).await;
        terminate(cluster).await;
        db.read(&Thing(0), C::things).await.expect("nothing was under way");
        terminate(cluster).await;
        db.write(&Thing(0), |c| c.batch_execute("INSERT INTO things VALUES (1)"))
            .await
            .expect("nothing was under way");
        assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
        cluster.execute(0, "DROP TABLE things");
    }
}

/// As when the route of one connection is dropped: nothing tells of its end.
async fn a_connection_that_fell_silent_in_its_sleep_is_replaced_unseen<C: Speak>(
    cluster: &TestCluster,
) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let session = db.read(&Thing(0), |c| c.number("SELECT pg_backend_pid()::bigint AS answer"));
    let session = i32::try_from(session.await.expect("the shard is up")).expect("a pid");
    kill_process(Pid::from_raw(session).expect("a pid"), Signal::STOP).expect("it is the test's");
    until("it has been idle", async || idle_for_a_while(&db)).await;
    let insert = |c: &mut C| c.batch_execute("INSERT INTO things VALUES (1)");
    db.write(&Thing(0), insert).await.expect("the server answers on another connection");
    assert_eq!(state(&db, 0).size, 1, "the silent one was given up");
}

/// Over a Unix socket an end is not seen before something is sent.
async fn the_dead_are_found_without_a_look_at_their_socket<C: Speak>(cluster: &TestCluster) {
    let server = cluster.server(0);
    let folder = server.data_dir().parent().expect("it is in one").display().to_string();
    let url = format!("postgres:///postgres?user=postgres&host={folder}&port={}", server.port());
    let db: ShardedDb<C> = builder(&[url], &pool(1)).build().expect("a good cluster");
    let insert = |c: &mut C| c.batch_execute("INSERT INTO things VALUES (1)");
    db.write(&Thing(0), |c| c.batch_execute("CREATE TABLE things (n BIGINT)")).await.expect("up");
    for written in 1..=3 {
        terminate(cluster).await;
        db.write(&Thing(0), insert).await.expect("nothing was under way");
        assert_eq!(cluster.rows_per_shard("things", "true"), [written]);
        terminate(cluster).await;
        assert_eq!(db.read(&Thing(0), C::things).await.expect("nothing was under way"), written);
    }
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
}

/// The connection dies after it was found alive, and before the transaction begins.
async fn a_write_that_was_not_sent_is_begun_again<C: Speak>(cluster: &TestCluster) {
    drop(with_table::<C>(cluster, &pool(1)).await);
    let killed = Arc::new(AtomicUsize::new(0));
    let end_the_first = {
        let (killed, url) = (Arc::clone(&killed), cluster.urls()[0].clone());
        move |_: &ShardId, c: &mut C| {
            let pid = c.number("SELECT pg_backend_pid()::bigint AS answer")?;
            if killed.fetch_add(1, Ordering::SeqCst) == 0 {
                let end = format!("SELECT pg_terminate_backend({pid}, 20000)");
                connect(&url).batch_execute(&end)?;
            }
            Ok(Held::default())
        }
    };
    let db: ShardedDb<C> = builder(cluster.urls(), &pool(1))
        .admission(Arc::new(end_the_first))
        .build()
        .expect("a good cluster");
    let insert = |c: &mut C| c.batch_execute("INSERT INTO things VALUES (1)");
    db.write(&Thing(0), insert).await.expect("nothing was sent");
    assert_eq!(killed.load(Ordering::SeqCst), 2, "it was begun twice");
    assert_eq!(cluster.rows_per_shard("things", "true"), [1]);
    assert_eq!(state(&db, 0).breaker, BreakerState::Closed);
}

async fn a_connection_lost_in_mid_statement_is_that_calls_error_alone<C: Speak>(
    cluster: &TestCluster,
) {
    let db = warmed::<C>(cluster).await;
    let sleepers: Vec<_> = (0..2)
        .map(|_| {
            let db = db.clone();
            let write = |c: &mut C| {
                c.batch_execute("INSERT INTO things VALUES (1) ON CONFLICT DO NOTHING")?;
                c.batch_execute("SELECT pg_sleep(60)")
            };
            tokio::spawn(async move { db.write(&Thing(0), write).await })
        })
        .collect();
    // The second waits for the first one's row.
    let asleep = format!("{OURS} AND state = 'active' AND query LIKE '%pg_sleep%'");
    let waits = format!("{OURS} AND state = 'active' AND wait_event_type = 'Lock'");
    let under_way = async || {
        cluster.rows_per_shard("pg_stat_activity", &asleep) == [1]
            && cluster.rows_per_shard("pg_stat_activity", &waits) == [1]
    };
    until("both are under way", under_way).await;
    terminate(cluster).await;
    for sleeper in sleepers {
        let error = shard_error(sleeper.await.expect("no panic"));
        assert!(matches!(error, ShardError::Query { .. }), "{error:?}");
        assert_eq!(error.reason(), "connection lost");
    }
    for _ in 0..2 * POOL {
        assert_eq!(db.read(&Thing(0), C::things).await.expect("nothing was under way"), 0);
    }
    assert_eq!(state(&db, 0).permits, POOL);
}

async fn a_server_that_restarted_is_found_again<C: Speak>(cluster: &TestCluster) {
    let db = warmed::<C>(cluster).await;
    cluster.server(0).kill();
    cluster.server(0).start_again();
    let mut outcomes = Vec::new();
    for _ in 0..2 * POOL {
        outcomes.push(db.read(&Thing(0), C::things).await);
    }
    assert!(outcomes.iter().all(Result::is_ok), "{outcomes:?}");
    assert_eq!((state(&db, 0).permits, state(&db, 0).breaker), (POOL, BreakerState::Closed));
}

diesel::table! {
    things (n) {
        n -> BigInt,
    }
}

/// Diesel does not mark a connection broken whose loss shows while a statement is prepared.
#[test]
fn a_loss_that_shows_while_preparing_is_noticed() {
    let cluster = TestCluster::postgres(1);
    crate::support::both::run(&cluster, async |cluster: &TestCluster| {
        use diesel::{QueryDsl, RunQueryDsl};

        let db = with_table::<PgConnection>(cluster, &pool(1)).await;
        terminate(cluster).await;
        // Not asked before on this connection, and so prepared first.
        let count = || db.read(&Thing(0), |c| things::table.count().get_result::<i64>(c));
        let _ = count().await;
        assert_eq!(count().await.expect("a new connection"), 0);
    });
}
