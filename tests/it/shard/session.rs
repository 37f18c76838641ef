//! What is set on a connection before anyone may use it.

use std::time::Duration;

use diesel::QueryResult;
use shardwright::cluster::ShardedDb;
use shardwright::config::PoolSettings;
use shardwright::shard::ShardConnection;

use super::db::{Speak, Thing, builder, open, pool, shard};
use super::{every_connection, every_connection_to_postgres};
use crate::support::cluster::TestCluster;

every_connection_to_postgres!(1 =>
    a_postgres_session_is_as_configured,
    no_statement_outlives_the_deadline,
);
every_connection!(1 => operators_may_take_their_time);

fn settings() -> PoolSettings {
    PoolSettings { statement_timeout: Duration::from_millis(1234), ..pool(1) }
}

/// A setting as the session has it.
async fn setting<C: Speak>(db: &ShardedDb<C>, name: &str) -> String {
    let sql = format!("SELECT current_setting('{name}') AS answer");
    db.read(&Thing(0), move |c| c.text(&sql)).await.expect("the shard is up")
}

async fn a_postgres_session_is_as_configured<C: Speak>(cluster: &TestCluster) {
    cluster.execute(0, "ALTER ROLE postgres SET TimeZone = 'Asia/Tokyo'");
    let db = open::<C>(cluster, &settings());
    assert_eq!(setting(&db, "application_name").await, "shardwright");
    assert_eq!(setting(&db, "statement_timeout").await, "1234ms");
    assert_eq!(setting(&db, "idle_in_transaction_session_timeout").await, "1234ms");
    assert_eq!(setting(&db, "TimeZone").await, "UTC");
    assert_eq!(setting(&db, "tcp_user_timeout").await, "0", "that is the server's side");
}

/// Even if the process that should end it has died.
async fn no_statement_outlives_the_deadline<C: Speak>(cluster: &TestCluster) {
    let db: ShardedDb<C> = builder(cluster.urls(), &settings())
        .deadline(Duration::from_millis(1000))
        .build()
        .expect("a good cluster");
    assert_eq!(setting(&db, "statement_timeout").await, "950ms");
    assert_eq!(setting(&db, "idle_in_transaction_session_timeout").await, "950ms");
    assert_eq!(setting(&db, "client_connection_check_interval").await, "250ms");
}

#[test]
fn what_the_url_says_of_itself_stays() {
    let cluster = TestCluster::postgres(1);
    crate::support::both::run(&cluster, async |cluster: &TestCluster| {
        let urls = [format!("{}?application_name=billing", cluster.urls()[0])];
        let db: ShardedDb = builder(&urls, &settings()).build().expect("a good cluster");
        assert_eq!(setting(&db, "application_name").await, "billing");
        assert_eq!(setting(&db, "statement_timeout").await, "1234ms");
    });
}

/// A migration's connection has no statement time-out; a pooled one used by `on` has.
async fn operators_may_take_their_time<C: Speak>(cluster: &TestCluster) {
    let db = open::<C>(cluster, &settings());
    let only = db.shard(&shard(0)).expect("there is one");
    let limit = |c: &mut C| -> QueryResult<String> {
        match cluster_is_postgres(c) {
            true => c.text("SELECT current_setting('statement_timeout') AS answer"),
            false => {
                c.number("SELECT timeout AS answer FROM pragma_busy_timeout").map(|n| n.to_string())
            }
        }
    };
    let pooled = db.on(&shard(0), limit).await.expect("the shard is up");
    let dedicated = only
        .dedicated(move |c| Ok::<_, shardwright::shard::ShardError>(limit(c)))
        .await
        .expect("the shard is up")
        .expect("the query works");
    let (expected_pooled, expected_dedicated) =
        if cluster.backend() == "postgres" { ("1234ms", "0") } else { ("1234", "10000") };
    assert_eq!((pooled.as_str(), dedicated.as_str()), (expected_pooled, expected_dedicated));
    assert_eq!(only.state().size, 1, "a dedicated connection is none of the pool's");
}

fn cluster_is_postgres<C: Speak>(c: &mut C) -> bool {
    c.text("SELECT current_setting('server_version') AS answer").is_ok()
}

/// The derived `establish` of a two-backend enum would make a file named like the URL.
#[test]
fn a_postgres_that_is_down_makes_no_sqlite_file() {
    let cluster = TestCluster::postgres(1);
    cluster.server(0).kill();
    let folder = std::env::current_dir().expect("there is one");
    let files = || {
        let names = std::fs::read_dir(&folder).expect("it can be read").flatten();
        let mut names: Vec<_> = names.map(|entry| entry.file_name()).collect();
        names.sort();
        names
    };
    let before = files();
    crate::support::both::run(&cluster, async |cluster: &TestCluster| {
        let port = cluster.server(0).port();
        let other_spelling = format!("postgresql:///x?host=127.0.0.1&port={port}");
        for urls in [cluster.urls(), &[other_spelling]] {
            let db: ShardedDb<ShardConnection> =
                builder(urls, &pool(1)).build().expect("a good cluster");
            let error = super::db::shard_error(db.read(&Thing(0), Speak::things).await);
            assert_eq!(error.reason(), "unavailable");
        }
    });
    assert_eq!(files(), before);
}
