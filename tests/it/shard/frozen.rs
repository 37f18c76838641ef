//! A server that takes connections and never answers holds up its own callers, and them only until
//! their deadline.

use std::time::{Duration, Instant};

use futures::future::join_all;
use shardwright::cluster::{Error, ShardedDb};
use shardwright::config::PoolSettings;
use shardwright::shard::{Deadline, ShardConnection, ShardError, Wait};

use super::db::{Speak, Thing, open, pool, shard_error, state, with_table};
use super::until;
use crate::support::{cluster::TestCluster, pg::PgServer};

const PERMITS: u32 = 2;

/// Thaws even when the test fails, since the runtime waits for the threads a frozen server holds.
pub(super) struct Frozen<'a>(&'a PgServer);

impl<'a> Frozen<'a> {
    pub(super) fn new(server: &'a PgServer) -> Frozen<'a> {
        server.freeze();
        Frozen(server)
    }
}

impl Drop for Frozen<'_> {
    fn drop(&mut self) {
        self.0.thaw();
    }
}

/// A runtime with a thread for every permit of the frozen shard and one more for all the others:
/// were one thread more than those held, the others could not be answered.
fn run(test: impl AsyncFnOnce()) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(PERMITS as usize + 1)
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(test());
}

fn soon() -> Deadline {
    Deadline::after(Duration::from_millis(500))
}

#[test]
fn a_frozen_server_holds_up_nobody_else() {
    let cluster = TestCluster::postgres(3);
    run(async || {
        let db: ShardedDb = with_table(&cluster, &pool(PERMITS)).await;
        let frozen = Frozen::new(cluster.server(1));
        let asked = Instant::now();
        let insert = |n: i64| {
            move |c: &mut ShardConnection| {
                c.number(&format!("INSERT INTO things VALUES ({n}) RETURNING n AS answer"))
            }
        };
        let calls = (0..20).map(async |n| db.within(soon()).write(&Thing(1), insert(n)).await);
        let outcomes = join_all(calls).await;
        assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
        let waits = |waits: &[Wait]| {
            let waited = |outcome: &&Result<i64, Error>| match outcome {
                Err(Error::Shard(ShardError::Timeout { wait, .. })) => waits.contains(wait),
                _ => false,
            };
            outcomes.iter().filter(waited).count()
        };
        let held = PERMITS as usize;
        assert_eq!(waits(&[Wait::Connection, Wait::Statement]), held, "{outcomes:?}");
        assert_eq!(waits(&[Wait::Permit]), 20 - held, "{outcomes:?}");
        // The server is still frozen: its calls were cut off.
        until("all turns are back", async || state(&db, 1).permits == held).await;
        assert_eq!(state(&db, 1).size, 0, "no connection is left in doubt");

        for neighbour in [0, 2] {
            let calls = (0..10).map(async |_| db.read(&Thing(neighbour), Speak::things).await);
            let answers = join_all(calls).await;
            assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        }
        drop(frozen);
        let thawed = async || db.read(&Thing(1), Speak::things).await.is_ok();
        until("it is back", thawed).await;
        let state = state(&db, 1);
        assert!(state.size <= PERMITS && state.idle == state.size, "{state:?}");
    });
}

#[test]
fn a_statement_under_way_times_out_as_such() {
    let cluster = TestCluster::postgres(1);
    run(async || {
        let db: ShardedDb = with_table(&cluster, &pool(PERMITS)).await;
        let gate = crate::support::gate::Gate::default();
        let call = {
            let (db, gate) = (db.within(Deadline::after(Duration::from_secs(3))), gate.clone());
            let call = move |c: &mut ShardConnection| {
                gate.pass();
                c.things()
            };
            tokio::spawn(async move { db.read(&Thing(0), call).await })
        };
        gate.holds(1).await;
        let frozen = Frozen::new(cluster.server(0));
        gate.open();
        let error = shard_error(call.await.expect("no panic"));
        assert!(matches!(error, ShardError::Timeout { wait: Wait::Statement, .. }), "{error:?}");
        until("the turn is back", async || state(&db, 0).permits == PERMITS as usize).await;
        drop(frozen);
    });
}

#[test]
fn a_connection_that_is_never_made_times_out_as_such_and_runs_nothing() {
    let cluster = TestCluster::postgres(1);
    run(async || {
        drop(with_table::<ShardConnection>(&cluster, &pool(1)).await);
        let db: ShardedDb = open(&cluster, &pool(PERMITS));
        let frozen = Frozen::new(cluster.server(0));
        let insert = |c: &mut ShardConnection| {
            c.number("INSERT INTO things VALUES (1) RETURNING n AS answer")
        };
        let error = shard_error(db.within(soon()).write(&Thing(0), insert).await);
        let timeout = matches!(error, ShardError::Timeout { wait: Wait::Connection, .. });
        assert!(timeout, "{error:?}");
        until("the turn is back", async || state(&db, 0).permits == PERMITS as usize).await;
        drop(frozen);
        assert_eq!(cluster.rows_per_shard("things", "true"), [0]);
    });
}

#[test]
fn connecting_to_a_frozen_server_ends_with_the_connect_time_out() {
    let cluster = TestCluster::postgres(1);
    run(async || {
        let impatient = PoolSettings { connect_timeout: Duration::from_secs(1), ..pool(PERMITS) };
        let db: ShardedDb = open(&cluster, &impatient);
        let _frozen = Frozen::new(cluster.server(0));
        let asked = Instant::now();
        let error = shard_error(db.read(&Thing(0), Speak::things).await);
        assert!(matches!(error, ShardError::Connect { .. }), "{error:?}");
        assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
        assert_eq!(state(&db, 0).permits, PERMITS as usize, "no thread is held any more");
    });
}
