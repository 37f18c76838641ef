//! Your own table, placed by your own rule: a diary whose old years rest in an archive.
//! `cargo run --example own_tables [FOLDER]`; without a folder, in a temporary one.
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use diesel::{connection::SimpleConnection, prelude::*};
use shardwright::cluster::ShardedDb;
use shardwright::key::{KeyId, ShardBy, ShardIndex, ShardKey};
use shardwright::routing::{Fingerprint, RouteError, Router};

mod schema {
    diesel::table! { entries (words) { year -> BigInt, words -> Text, } }
}
use schema::entries;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS entries (year BIGINT NOT NULL, words TEXT UNIQUE)";

/// What entries are placed by. A type of its own: no other number passes for a year, and a query
/// without a year does not compile.
struct Year(i64);

impl ShardBy for Year {
    const KEYSPACE: &'static str = "diary";
    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::int(self.0)
    }
}

/// Years before this one live in the archive. The rule holds all it needs and reads no clock, so
/// that a row is looked for where it was put, by every process and next year too.
#[derive(Debug)]
struct RecentFrom(i64);

// Shards are counted in the order they are added below.
const SHARDS: [ShardIndex; 2] = [ShardIndex::new(0), ShardIndex::new(1)];

impl Router for RecentFrom {
    fn strategy(&self) -> &'static str {
        "by_age"
    }

    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        match key.id() {
            KeyId::Int(year) => Ok(SHARDS[usize::from(year >= self.0)]),
            KeyId::Text(_) => Err(RouteError::wrong_key("by_age", "a year", key)),
        }
    }

    fn shards(&self) -> &[ShardIndex] {
        &SHARDS
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::builder("by_age").field(&self.0.to_be_bytes()).finish()
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let folder = std::env::args().nth(1).unwrap_or(temporary.path().display().to_string());
    let db = ShardedDb::<SqliteConnection>::builder()
        .shard("archive", &format!("sqlite://{folder}/archive.db"))?
        .shard("recent", &format!("sqlite://{folder}/recent.db"))?
        .keyspace(Year::KEYSPACE, RecentFrom(2020))?
        .build()?;
    for shard in db.shards() {
        db.on(shard.id(), |conn| conn.batch_execute(TABLE)).await?;
    }
    for (year, text) in [(1999, "met Ada"), (2019, "moved to Rome"), (2020, "stayed in")] {
        // A closure gets its connection handed to it, with all of Diesel, in one transaction.
        let entry = (entries::year.eq(year), entries::words.eq(text));
        let insert = diesel::insert_into(entries::table).values(entry).on_conflict_do_nothing();
        db.write(&Year(year), move |conn| insert.execute(conn)).await?;
        println!("{year} is kept in {}: {text}", db.locate(&Year(year))?);
    }
    // `complete` fails if a shard is missing; there is no way to overlook one.
    let counts = db.scatter::<Year, i64>(|conn| entries::table.count().get_result(conn)).await;
    counts.complete()?.iter().for_each(|(shard, count)| println!("{shard} holds {count}"));
    Ok(())
}
