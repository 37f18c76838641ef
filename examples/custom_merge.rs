//! A scatter that is put together by a merge of one's own: the three best players of all, who
//! live on whichever shard. `cargo run --example custom_merge [FOLDER]`
#![allow(clippy::print_stdout, reason = "an example shows what it does")]

use diesel::{connection::SimpleConnection, prelude::*};
use shardwright::cluster::ShardedDb;
use shardwright::cluster::merge::{Count, Merge, MergeError, merge_all};
use shardwright::key::{ShardBy, ShardId, ShardIndex, ShardKey};
use shardwright::routing::ConsistentHashRouter;

mod schema {
    diesel::table! { players (name) { name -> Text, score -> BigInt, } }
}
use schema::players;

const TABLE: &str = "CREATE TABLE IF NOT EXISTS players (name TEXT PRIMARY KEY, score BIGINT)";

struct Player(String);

impl ShardBy for Player {
    const KEYSPACE: &'static str = "players";
    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::text(&self.0)
    }
}

/// The best `N`, best first. Each shard need tell no more than its own `N`: whoever is not among
/// those is not among the best of all. Ties are settled by name, since a merge must not depend on
/// the order of the shards.
#[derive(Debug)]
struct Best<const N: usize>(Vec<(String, i64)>);

impl<const N: usize> Merge for Best<N> {
    fn merge(mut self, other: Self) -> Result<Self, MergeError> {
        self.0.extend(other.0);
        self.0.sort_by(|(a, most), (b, score)| score.cmp(most).then_with(|| a.cmp(b)));
        self.0.truncate(N);
        Ok(self)
    }
}

/// What every shard is asked: its best three, and how many it has.
fn ask(conn: &mut SqliteConnection) -> QueryResult<(Best<3>, Count)> {
    let best = players::table.order((players::score.desc(), players::name)).limit(3).load(conn)?;
    let count: i64 = players::table.count().get_result(conn)?;
    Ok((Best(best), Count(count.unsigned_abs())))
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let temporary = tempfile::tempdir()?;
    let folder = std::env::args().nth(1).unwrap_or(temporary.path().display().to_string());
    let names = ["shard-0", "shard-1", "shard-2"];
    let shards = names.map(ShardId::new).into_iter().collect::<Result<Vec<_>, _>>()?;
    let ring = ConsistentHashRouter::new(&shards, 150, &[0, 1, 2].map(|i| (ShardIndex::new(i), 1)));
    let mut builder = ShardedDb::<SqliteConnection>::builder().keyspace(Player::KEYSPACE, ring?)?;
    for name in names {
        builder = builder.shard(name, &format!("sqlite://{folder}/{name}.db"))?;
    }
    let db = builder.build()?;
    for shard in db.shards() {
        db.on(shard.id(), |conn| conn.batch_execute(TABLE)).await?;
    }
    for (name, score) in [("ada", 7), ("bob", 9), ("cleo", 3), ("dan", 9), ("eve", 1), ("fay", 8)] {
        let row = (players::name.eq(name), players::score.eq(score));
        let put = diesel::replace_into(players::table).values(row);
        db.write(&Player(name.to_owned()), move |conn| put.execute(conn)).await?;
    }
    // Complete, or an error that names who is missing; a pair is merged part by part.
    let answers = db.scatter::<Player, _>(ask).await.complete()?;
    for (shard, (best, count)) in &answers {
        println!("{shard}: {} players, the best: {:?}", count.0, best.0);
    }
    let merged = merge_all(answers.into_iter().map(|(_, answer)| answer))?;
    let (best, count) = merged.ok_or("there are no shards")?;
    println!("all: {} players, the best: {:?}", count.0, best.0);
    Ok(())
}
