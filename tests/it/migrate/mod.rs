//! Migrations over all shards: the real command line and the library, on real Postgres servers and
//! SQLite files.

mod concurrently;
mod deployers;
mod drift;
mod failing;
mod five;
mod folder;
mod generate;
mod hundred;
mod interrupt;
mod kill;
mod library;
mod locks;
mod output;
pub(crate) mod process;
mod project;
mod rebuild;
mod revert;
mod standing;
mod traces;

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use shardwright::shard::ShardConnection;

use crate::support::cluster::TestCluster;

/// More than anything here takes on a machine that is not itself frozen.
const LIMIT: Duration = Duration::from_secs(60);

/// Makes the tests `<body>::sqlite` and `<body>::postgres` of every body named, over so many
/// shards: `on_both!(4 => a_test)` beside `fn a_test(cluster: &TestCluster)`.
macro_rules! on_both {
    ($shards:expr => $($body:ident),+ $(,)?) => { $(
        mod $body {
            use crate::support::cluster::TestCluster;

            #[test]
            fn sqlite() {
                super::$body(&TestCluster::sqlite($shards));
            }

            #[test]
            fn postgres() {
                super::$body(&TestCluster::postgres($shards));
            }
        }
    )+ };
}

use on_both;

/// Waits for a state that no event tells of, and for no longer than [`LIMIT`].
#[track_caller]
#[allow(clippy::disallowed_methods, reason = "bounded polling of a condition")]
fn until(what: &str, mut done: impl FnMut() -> bool) {
    let deadline = Instant::now() + LIMIT;
    while !done() {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn is_postgres(cluster: &TestCluster) -> bool {
    cluster.backend() == "postgres"
}

/// A session that reads `table` and goes on: on Postgres no migration can change that table
/// meanwhile; on SQLite, where readers are in nobody's way, it is a writer, and no migration can
/// change anything.
fn hold(cluster: &TestCluster, shard: usize, table: &str) -> ShardConnection {
    let mut session = cluster.connection(shard);
    let sql = match is_postgres(cluster) {
        true => format!("BEGIN; SELECT * FROM {table}"),
        false => "BEGIN IMMEDIATE".to_owned(),
    };
    session.batch_execute(&sql).expect("nobody is in its way yet");
    session
}

/// How many rows of `relation` on one shard satisfy `condition`.
fn count(cluster: &TestCluster, shard: usize, relation: &str, condition: &str) -> i64 {
    use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
    #[derive(QueryableByName)]
    struct Number {
        #[diesel(sql_type = BigInt)]
        n: i64,
    }
    let sql = format!("SELECT count(*) AS n FROM {relation} WHERE {condition}");
    let row: Number = sql_query(&sql)
        .get_result(&mut cluster.connection(shard))
        .unwrap_or_else(|why| panic!("{sql}: {why}"));
    row.n
}
