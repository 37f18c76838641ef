use std::time::Duration;

use futures::future::join_all;

use super::{ShardHealth, record::Record};
use crate::{cluster::ShardedDb, shard::Connect};

/// How long a shard has to answer that has not been asked before.
const PATIENCE: Duration = Duration::from_millis(1500);

/// Checks shards' health, now and once. To be asked often and at any time,
/// a service has a [`Monitor`](super::Monitor).
#[derive(Debug, Clone)]
pub struct Checkup<C: Connect> {
    db: ShardedDb<C>,
}

impl<C: Connect> Checkup<C> {
    /// A checkup of these shards.
    #[must_use]
    pub fn new(db: ShardedDb<C>) -> Self {
        Self { db }
    }

    /// Asks every shard, side by side; answers within two seconds
    /// whatever they do.
    pub async fn run(&self) -> Vec<ShardHealth> {
        let records = records(&self.db, PATIENCE).await;
        records.iter().zip(self.db.shards()).map(|(record, shard)| record.health(shard)).collect()
    }
}

/// Asks every shard once, side by side.
pub(super) async fn records<C: Connect>(db: &ShardedDb<C>, patience: Duration) -> Vec<Record> {
    let ask = async |shard| Record::first(super::probe(shard, patience).await);
    join_all(db.shards().iter().map(ask)).await
}
