//! What migrations have left in a database, read past the migrator.

use std::fs;
use std::path::PathBuf;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use shardwright::shard::ShardConnection;

use super::{count, is_postgres};
use crate::support::cluster::TestCluster;

/// Diesel's own table.
pub(crate) const HISTORY: &str = "__diesel_schema_migrations";

#[derive(QueryableByName)]
struct Word {
    #[diesel(sql_type = Text)]
    word: String,
}

fn words(connection: &mut ShardConnection, sql: &str) -> Vec<String> {
    let rows: Vec<Word> =
        sql_query(sql).load(connection).unwrap_or_else(|why| panic!("{sql}: {why}"));
    rows.into_iter().map(|row| row.word).collect()
}

/// The tables of a shard in order of their names, Diesel's own among them, and not those in
/// which it says who it is.
pub(crate) fn tables(cluster: &TestCluster, shard: usize) -> Vec<String> {
    let mut tables = all_tables(cluster, shard);
    tables.retain(|table| !table.starts_with("shardwright_"));
    tables
}

fn all_tables(cluster: &TestCluster, shard: usize) -> Vec<String> {
    let sql = if is_postgres(cluster) {
        "SELECT tablename::text AS word FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"
    } else {
        "SELECT name AS word FROM sqlite_master WHERE type = 'table' ORDER BY 1"
    };
    words(&mut cluster.connection(shard), sql)
}

/// Whether a migration has ever been here. Unlike [`tables`] it makes no SQLite file.
pub(crate) fn is_untouched(cluster: &TestCluster, shard: usize) -> bool {
    match is_postgres(cluster) {
        true => all_tables(cluster, shard).is_empty(),
        false => files(cluster, shard).iter().all(|file| !file.exists()),
    }
}

/// The versions a shard has behind it, in order.
pub(crate) fn versions(cluster: &TestCluster, shard: usize) -> Vec<String> {
    if !tables(cluster, shard).iter().any(|table| table == HISTORY) {
        return Vec::new();
    }
    let sql = format!("SELECT version AS word FROM {HISTORY} ORDER BY version");
    words(&mut cluster.connection(shard), &sql)
}

/// Makes every shard as empty as it was.
pub(crate) fn wipe(cluster: &TestCluster) {
    for shard in 0..cluster.len() {
        if is_postgres(cluster) {
            cluster.execute(shard, "DROP SCHEMA public CASCADE");
            cluster.execute(shard, "CREATE SCHEMA public");
        } else {
            // Any of them may not be there.
            files(cluster, shard).iter().for_each(|file| drop(fs::remove_file(file)));
        }
    }
}

/// All the files a SQLite shard may consist of, the migration lock's included.
fn files(cluster: &TestCluster, shard: usize) -> Vec<PathBuf> {
    let path = cluster.urls()[shard].strip_prefix("sqlite://").expect("a SQLite shard");
    ["", "-wal", "-shm", "-journal", ".migrating"].map(|end| format!("{path}{end}").into()).into()
}

/// How many sessions queue for the lock of a relation of a Postgres shard.
pub(crate) fn queueing(cluster: &TestCluster, shard: usize, relation: &str) -> i64 {
    let waits = format!("relation = '{relation}'::regclass AND NOT granted");
    count(cluster, shard, "pg_locks", &waits)
}
