//! A `ShardedDb` over a test's databases, with a table of its own in each.

use diesel::connection::SimpleConnection;
use diesel::{
    PgConnection, QueryResult, QueryableByName, RunQueryDsl, SqliteConnection, sql_query,
    sql_types::{BigInt, Text},
};
use shardwright::cluster::{Blueprint, Builder, Error, ShardedDb};
use shardwright::config::PoolSettings;
use shardwright::key::{KeyId, ShardBy, ShardIndex, ShardKey};
use shardwright::routing::{Fingerprint, RouteError, Router};
use shardwright::shard::{Connect, ShardConnection};
use tokio::task::JoinHandle;

use crate::support::cluster::TestCluster;
use crate::support::gate::Gate;
use crate::support::pools::sharding;
pub(super) use crate::support::pools::{pool, shard, shard_error, state};

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

/// A builder over these databases with the keyspace `things`.
pub(super) fn builder<C: Connect>(urls: &[String], pool: &PoolSettings) -> Builder<C> {
    let settings = sharding(urls, pool);
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

/// A row on its way into `things` of `shard-0`: stored, not committed, and held at the gate.
pub(super) async fn hold_write(
    db: &ShardedDb<ShardConnection>,
    gate: &Gate,
) -> JoinHandle<Result<(), Error>> {
    let writer = {
        let (db, gate) = (db.clone(), gate.clone());
        let write = move |c: &mut ShardConnection| {
            c.batch_execute("INSERT INTO things VALUES (1)")?;
            gate.pass();
            Ok(())
        };
        tokio::spawn(async move { db.write(&Thing(0), write).await })
    };
    gate.holds(1).await;
    writer
}
