//! The databases of one test: SQLite files or Postgres servers, gone when it ends.

use std::time::Duration;

use diesel::{QueryableByName, RunQueryDsl, sql_query, sql_types::BigInt};
use shardwright::config::{DatabaseUrl, PoolSettings};
use shardwright::shard::{Connect, Session, ShardConnection};
use tempfile::TempDir;

use super::pg::PgServer;

/// In the URL of every Postgres shard, which trusts everyone; no answer may show it.
pub(crate) const PASSWORD: &str = "not-for-your-eyes";

/// The databases `shard-0`, `shard-1`, … of one test.
#[derive(Debug)]
pub(crate) struct TestCluster {
    databases: Databases,
    urls: Vec<String>,
}

#[derive(Debug)]
enum Databases {
    Sqlite(TempDir),
    Postgres(Vec<PgServer>),
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    n: i64,
}

impl TestCluster {
    /// `n` files, not yet made, in a temporary folder.
    pub(crate) fn sqlite(n: usize) -> TestCluster {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let url = |i| format!("sqlite://{}/shard-{i}.db", folder.path().display());
        let urls = (0..n).map(url).collect();
        TestCluster { databases: Databases::Sqlite(folder), urls }
    }

    /// `n` running servers, each with an empty database.
    pub(crate) fn postgres(n: usize) -> TestCluster {
        TestCluster::of(PgServer::start_many(n))
    }

    /// Servers of a special kind.
    pub(crate) fn of(servers: Vec<PgServer>) -> TestCluster {
        let user = format!("postgres:{PASSWORD}");
        let urls = servers.iter().map(|server| server.url_for(&user, "postgres")).collect();
        TestCluster { databases: Databases::Postgres(servers), urls }
    }

    /// How many shards it has.
    pub(crate) fn len(&self) -> usize {
        self.urls.len()
    }

    /// Where the shards are, in order.
    pub(crate) fn urls(&self) -> &[String] {
        &self.urls
    }

    /// The name its shards have in `/topology` and `/health/shards`.
    pub(crate) fn backend(&self) -> &'static str {
        match self.databases {
            Databases::Sqlite(_) => "sqlite",
            Databases::Postgres(_) => "postgres",
        }
    }

    /// `[default.sharding.shards.shard-N]` for every shard.
    pub(crate) fn shards_toml(&self) -> String {
        let shard = |(i, url)| format!("[default.sharding.shards.shard-{i}]\nurl = '{url}'\n");
        self.urls.iter().enumerate().map(shard).collect()
    }

    /// The server of a shard.
    ///
    /// # Panics
    /// On a cluster of SQLite files.
    pub(crate) fn server(&self, shard: usize) -> &PgServer {
        match &self.databases {
            Databases::Postgres(servers) => &servers[shard],
            Databases::Sqlite(_) => panic!("a SQLite file has no server"),
        }
    }

    /// What must not appear in any answer of a service over these databases.
    pub(crate) fn secrets(&self) -> Vec<String> {
        let mut secrets = self.urls.clone();
        secrets.push(PASSWORD.to_owned());
        if let Databases::Sqlite(folder) = &self.databases {
            secrets.push(folder.path().display().to_string());
        }
        secrets
    }

    /// A connection to a shard, past the service.
    pub(crate) fn connection(&self, shard: usize) -> ShardConnection {
        connect(&self.urls[shard])
    }

    /// Runs a statement on a shard and says how many rows it touched.
    pub(crate) fn execute(&self, shard: usize, sql: &str) -> usize {
        let done = sql_query(sql).execute(&mut self.connection(shard));
        done.unwrap_or_else(|why| panic!("{sql}: {why}"))
    }

    /// Runs a statement on every shard and says how many rows it touched altogether.
    pub(crate) fn execute_everywhere(&self, sql: &str) -> usize {
        (0..self.len()).map(|shard| self.execute(shard, sql)).sum()
    }

    /// How many rows of `table` satisfy `condition`, shard by shard.
    pub(crate) fn rows_per_shard(&self, table: &str, condition: &str) -> Vec<i64> {
        let sql = format!("SELECT count(*) AS n FROM {table} WHERE {condition}");
        let count = |shard| {
            let row: Number = sql_query(&sql)
                .get_result(&mut self.connection(shard))
                .unwrap_or_else(|why| panic!("{sql}: {why}"));
            row.n
        };
        (0..self.len()).map(count).collect()
    }
}

/// A connection to a database, past the service.
pub(crate) fn connect(url: &str) -> ShardConnection {
    let url = DatabaseUrl::parse(url).expect("the harness made it");
    let session = Session {
        connect_timeout: Duration::from_secs(10),
        ..Session::operating(&PoolSettings::default())
    };
    ShardConnection::open(&url, &session).expect("the database is up")
}
