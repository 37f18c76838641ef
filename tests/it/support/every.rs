//! One test body, run for each connection type.

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

pub(crate) use {every_connection, every_connection_to_postgres};
