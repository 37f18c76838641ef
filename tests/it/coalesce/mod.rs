//! Calls of one kind made as one: `ShardedDb::find` and `ShardedDb::insert`, with rows of the
//! tests' own over every connection type and with the service's.

mod boarding;
mod budget;
mod company;
mod deadlines;
mod ending;
mod failing;
mod finds;
mod frozen;
mod gate;
mod heard;
mod http;
mod inserts;
mod item;
mod killed;
mod leaving;
mod locked;
mod panics;
mod prepared;
mod random;
mod rows;
mod service;
mod stage;
mod together;
mod turns;
mod warm;

use std::time::{Duration, Instant};

/// More than anything here takes on a machine that is not itself frozen.
const LIMIT: Duration = Duration::from_secs(30);

/// Waits for a state that no event tells of, and for no longer than [`LIMIT`].
async fn until(what: &str, mut done: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !done().await {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Makes a test of every body named for each connection type, over so many databases:
/// `every_connection!(2 => a_test)` beside `async fn a_test<C: Speak>(cluster: &TestCluster)`.
macro_rules! every_connection {
    ($shards:expr => $($body:ident),+ $(,)?) => { $(
        mod $body {
            use diesel::{PgConnection, SqliteConnection};
            use shardwright::shard::ShardConnection;

            use crate::support::{both::run, cluster::TestCluster};

            #[test]
            fn pg_connection() {
                run(&TestCluster::postgres($shards), super::$body::<PgConnection>);
            }

            #[test]
            fn sqlite_connection() {
                run(&TestCluster::sqlite($shards), super::$body::<SqliteConnection>);
            }

            #[test]
            fn shard_connection_to_postgres() {
                run(&TestCluster::postgres($shards), super::$body::<ShardConnection>);
            }

            #[test]
            fn shard_connection_to_sqlite() {
                run(&TestCluster::sqlite($shards), super::$body::<ShardConnection>);
            }
        }
    )+ };
}

/// The same for what only a server can suffer.
macro_rules! every_connection_to_postgres {
    ($shards:expr => $($body:ident),+ $(,)?) => { $(
        mod $body {
            use diesel::PgConnection;
            use shardwright::shard::ShardConnection;

            use crate::support::{both::run, cluster::TestCluster};

            #[test]
            fn pg_connection() {
                run(&TestCluster::postgres($shards), super::$body::<PgConnection>);
            }

            #[test]
            fn shard_connection() {
                run(&TestCluster::postgres($shards), super::$body::<ShardConnection>);
            }
        }
    )+ };
}

use {every_connection, every_connection_to_postgres};
