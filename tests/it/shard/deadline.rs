//! A call is answered by its deadline, and what ran out says which wait it was.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use shardwright::cluster::ShardedDb;
use shardwright::config::PoolSettings;
use shardwright::shard::{Deadline, ShardError, Wait};

use super::db::{Speak, Thing, open, pool, shard_error, state, with_table};
use super::{every_connection, every_connection_to_postgres, until};
use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;

every_connection!(1 =>
    a_closure_that_takes_too_long_is_a_statement,
    out_of_time_in_the_queue_is_busy,
    a_deadline_that_has_passed_runs_nothing,
);
every_connection_to_postgres!(1 => the_server_ends_a_statement_that_takes_too_long);

fn soon() -> Deadline {
    Deadline::after(Duration::from_millis(200))
}

#[track_caller]
fn assert_timed_out(error: &ShardError, waiting_for: Wait) {
    assert!(
        matches!(error, ShardError::Timeout { wait, .. } if *wait == waiting_for),
        "expected to run out of time waiting for {waiting_for}, got {error:?}"
    );
    assert_eq!((error.shard().as_str(), error.reason()), ("shard-0", "timed out"));
}

async fn a_closure_that_takes_too_long_is_a_statement<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let gate = Gate::default();
    let slow = {
        let gate = gate.clone();
        move |c: &mut C| {
            gate.pass();
            c.batch_execute("INSERT INTO things VALUES (1)")
        }
    };
    // Even on a machine so busy that opening takes long, this one is open.
    db.read(&Thing(0), C::things).await.expect("the shard is up");
    let asked = Instant::now();
    let error = shard_error(db.within(soon()).write(&Thing(0), slow).await);
    assert_timed_out(&error, Wait::Statement);
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());

    gate.open();
    until("the turn is back", async || state(&db, 0).permits == 1).await;
    assert_eq!(cluster.rows_per_shard("things", "true"), [0], "nobody waits for it any more");
}

#[track_caller]
fn assert_ran_out_in_the_queue(error: &ShardError) {
    assert!(matches!(error, ShardError::Timeout { wait: Wait::Permit, .. }), "{error:?}");
    assert_eq!(error.reason(), "busy");
}

async fn out_of_time_in_the_queue_is_busy<C: Speak>(cluster: &TestCluster) {
    let db = with_table::<C>(cluster, &pool(1)).await;
    let gate = Gate::default();
    let holder = {
        let (db, gate) = (db.clone(), gate.clone());
        let call = move |c: &mut C| {
            gate.pass();
            c.things()
        };
        tokio::spawn(async move { db.read(&Thing(0), call).await })
    };
    gate.holds(1).await;
    // The pool would have waited for 20 s.
    let asked = Instant::now();
    let error = shard_error(db.within(soon()).read(&Thing(0), C::things).await);
    assert_ran_out_in_the_queue(&error);
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    gate.open();
    holder.await.expect("no panic").expect("the shard is up");
}

async fn a_deadline_that_has_passed_runs_nothing<C: Speak>(cluster: &TestCluster) {
    let db = open::<C>(cluster, &pool(1));
    let ran = Arc::new(AtomicBool::new(false));
    let late = db.within(Deadline::at(Instant::now()));
    let call = |ran: &Arc<AtomicBool>| {
        let ran = Arc::clone(ran);
        move |_: &mut C| {
            ran.store(true, Ordering::SeqCst);
            Ok(())
        }
    };
    for _ in 0..10 {
        let read = late.read(&Thing(0), call(&ran)).await;
        assert_ran_out_in_the_queue(&shard_error(read));
        until("the turn is back", async || state(&db, 0).permits == 1).await;
        let write = late.write(&Thing(0), call(&ran)).await;
        assert_ran_out_in_the_queue(&shard_error(write));
        until("the turn is back", async || state(&db, 0).permits == 1).await;
    }
    assert!(!ran.load(Ordering::SeqCst));
}

/// Its thread comes back before anyone has noticed that the time is up.
#[test]
fn a_write_that_was_done_too_late_is_undone_and_says_so() {
    let cluster = TestCluster::sqlite(1);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.expect("a runtime").block_on(async {
        let db: ShardedDb = with_table(&cluster, &pool(1)).await;
        let gate = Gate::default();
        let deadline = soon();
        let slow = {
            let gate = gate.clone();
            move |c: &mut _| insert(c).inspect(|_| gate.pass())
        };
        let keep_the_runtime_busy = async {
            gate.holds(1).await;
            while !deadline.has_passed() {
                std::hint::spin_loop();
            }
            gate.open();
            while state(&db, 0).permits == 0 {
                std::hint::spin_loop();
            }
        };
        let db = db.within(deadline);
        let (outcome, ()) = tokio::join!(db.write(&Thing(0), slow), keep_the_runtime_busy);
        assert_timed_out(&shard_error(outcome), Wait::Statement);
        assert_eq!(cluster.rows_per_shard("things", "true"), [0]);
    });
}

/// The runtime's blocking threads may all be taken: a shard has its own, one for each turn.
#[test]
fn who_has_a_turn_has_a_thread() {
    let cluster = TestCluster::sqlite(1);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .max_blocking_threads(1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let db: ShardedDb = with_table(&cluster, &pool(2)).await;
        let gate = Gate::default();
        let holder = {
            let (db, gate) = (db.clone(), gate.clone());
            let call = move |_: &mut _| {
                gate.pass();
                Ok(())
            };
            tokio::spawn(async move { db.read(&Thing(0), call).await })
        };
        gate.holds(1).await;
        db.within(soon()).read(&Thing(0), insert).await.expect("there is a second turn");
        gate.open();
        holder.await.expect("no panic").expect("the shard is up");
        until("both turns are back", async || state(&db, 0).permits == 2).await;
        assert_eq!(cluster.rows_per_shard("things", "true"), [1]);
    });
}

fn insert(c: &mut impl Speak) -> diesel::QueryResult<()> {
    c.batch_execute("INSERT INTO things VALUES (1)")
}

async fn the_server_ends_a_statement_that_takes_too_long<C: Speak>(cluster: &TestCluster) {
    let limit = Duration::from_millis(200);
    let db = open::<C>(cluster, &PoolSettings { statement_timeout: limit, ..pool(1) });
    let error = shard_error(db.read(&Thing(0), |c| c.batch_execute("SELECT pg_sleep(60)")).await);
    assert!(matches!(error, ShardError::Query { .. }), "{error:?}");
    assert_eq!(error.reason(), "timed out");
    let state = state(&db, 0);
    assert_eq!((state.permits, state.size, state.idle), (1, 1, 1), "the connection is good");
}
