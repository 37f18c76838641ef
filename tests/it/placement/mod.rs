//! Which keys are stored where, and where a rule would have them.

mod census;
mod change;
mod check;
mod file;
mod naive;
mod plan;
mod rate;
mod stage;
mod suggest;

use shardwright::{
    cluster::ShardedDb,
    ops::{
        placement::{Load, Unreadable, survey},
        tables::{StoredId, StoredKey, Table},
    },
    shard::ShardConnection,
};

use crate::support::cluster::TestCluster;

/// The cluster's shards, without any rule.
fn db(cluster: &TestCluster) -> ShardedDb {
    let builder = cluster
        .urls()
        .iter()
        .enumerate()
        .fold(ShardedDb::<ShardConnection>::builder(), |builder, (i, url)| {
            builder.shard(&format!("shard-{i}"), url).expect("a good URL")
        });
    builder.build().expect("a good cluster")
}

/// Keys with where they are, and the rows without one.
type Seen = (Vec<(StoredKey, Vec<(usize, Load)>)>, Vec<Load>);

async fn surveyed(db: &ShardedDb, tables: &[Table]) -> Result<Seen, Unreadable> {
    let mut seen = Vec::new();
    let shards: Vec<_> = db.shards().iter().collect();
    let keyless =
        survey(&shards, tables, |key| seen.push((key.key.clone(), key.at.to_vec()))).await?;
    Ok((seen, keyless))
}

fn text(id: &str) -> StoredKey {
    StoredKey { id: StoredId::Text(id.into()), region: None }
}

fn int(id: i64) -> StoredKey {
    StoredKey { id: StoredId::Int(id), region: None }
}

fn in_region(id: i64, region: &str) -> StoredKey {
    StoredKey { region: Some(region.into()), ..int(id) }
}
