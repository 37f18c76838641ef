//! A `ShardedDb` over a test's databases, with a table of its own in each.

use std::time::Duration;

use diesel::{
    PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{BigInt, Text},
};
use shardwright::cluster::{Blueprint, Builder, Error, ShardedDb};
use shardwright::config::{DatabaseUrl, HealthSettings, PoolSettings, ShardSettings, Sharding};
use shardwright::key::{KeyId, ShardBy, ShardId, ShardIndex, ShardKey};
use shardwright::routing::{Fingerprint, RouteError, Router};
use shardwright::shard::{Connect, PoolState, ShardConnection, ShardError};

use crate::support::cluster::TestCluster;

/// A key that names its shard: `Thing(1)` lives on `shard-1`.
pub(super) struct Thing(pub(super) i64);

impl ShardBy for Thing {
    const KEYSPACE: &'static str = "things";

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::int(self.0)
    }
}

/// The rule of `things`.
#[derive(Debug)]
pub(super) struct ByNumber(pub(super) Vec<ShardIndex>);

impl ByNumber {
    pub(super) fn over(shards: impl IntoIterator<Item = u16>) -> ByNumber {
        ByNumber(shards.into_iter().map(ShardIndex::new).collect())
    }
}

impl Router for ByNumber {
    fn strategy(&self) -> &'static str {
        "by_number"
    }

    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        let KeyId::Int(number) = key.id() else { unreachable!("things have numbers") };
        let shard = u16::try_from(number).ok().map(ShardIndex::new);
        shard.ok_or_else(|| RouteError::Unmapped { key: key.to_string() })
    }

    fn shards(&self) -> &[ShardIndex] {
        &self.0
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::builder("by_number").finish()
    }
}

/// How a test's pools are made: small, and patient enough for a busy machine.
pub(super) fn pool(max_size: u32) -> PoolSettings {
    PoolSettings {
        max_size,
        acquire_timeout: Duration::from_secs(20),
        connect_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(30),
        ..PoolSettings::default()
    }
}

/// A builder over these databases with the keyspace `things`.
pub(super) fn builder<C: Connect>(urls: &[String], pool: &PoolSettings) -> Builder<C> {
    let shard = |(i, url): (usize, &String)| ShardSettings {
        id: shard(i),
        url: DatabaseUrl::parse(url).expect("the harness made it"),
        weight: 1,
        pool: pool.clone(),
    };
    let settings = Sharding {
        migrate_on_start: false,
        deadline: Duration::from_secs(30),
        health: HealthSettings::default(),
        max_total: None,
        shards: urls.iter().enumerate().map(shard).collect(),
        keyspaces: Vec::new(),
    };
    let all = u16::try_from(urls.len()).expect("a few shards");
    Builder::from_blueprint(Blueprint { settings, keyspaces: Vec::new() })
        .keyspace("things", ByNumber::over(0..all))
        .expect("a good name")
}

/// A `ShardedDb` over the cluster, nothing connected yet.
pub(super) fn open<C: Connect>(cluster: &TestCluster, pool: &PoolSettings) -> ShardedDb<C> {
    builder(cluster.urls(), pool).build().expect("a good cluster")
}

/// The same, with an empty table `things (n)` on every shard.
pub(super) async fn with_table<C: Speak>(
    cluster: &TestCluster,
    pool: &PoolSettings,
) -> ShardedDb<C> {
    let db = open::<C>(cluster, pool);
    for shard in db.shards() {
        let made = db.on(shard.id(), |c| c.batch_execute("CREATE TABLE things (n BIGINT UNIQUE)"));
        made.await.expect("the shard is up");
    }
    db
}

/// The name of the shard with this number.
pub(super) fn shard(number: usize) -> ShardId {
    ShardId::new(&format!("shard-{number}")).expect("a good name")
}

/// A shard's pool and breaker.
pub(super) fn state<C: Connect>(db: &ShardedDb<C>, number: usize) -> PoolState {
    db.shard(&shard(number)).expect("it is one of the cluster's").state()
}

/// What the shard said of a failed call.
#[track_caller]
pub(super) fn shard_error<T: std::fmt::Debug>(outcome: Result<T, Error>) -> ShardError {
    match outcome {
        Err(Error::Shard(error)) => error,
        other => panic!("expected a shard's error, got {other:?}"),
    }
}

/// A connection that answers with a number or a text: what the generic tests need beyond
/// [`Connect`].
pub(super) trait Speak: Connect {
    fn number(&mut self, sql: &str) -> QueryResult<i64>;
    fn text(&mut self, sql: &str) -> QueryResult<String>;

    /// How many things there are.
    fn things(&mut self) -> QueryResult<i64> {
        self.number("SELECT count(*) AS answer FROM things")
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    answer: i64,
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    answer: String,
}

macro_rules! speak {
    ($($connection:ty),+) => { $(
        impl Speak for $connection {
            fn number(&mut self, sql: &str) -> QueryResult<i64> {
                sql_query(sql).get_result(self).map(|Number { answer }| answer)
            }

            fn text(&mut self, sql: &str) -> QueryResult<String> {
                sql_query(sql).get_result(self).map(|Words { answer }| answer)
            }
        }
    )+ };
}

speak!(PgConnection, SqliteConnection, ShardConnection);
