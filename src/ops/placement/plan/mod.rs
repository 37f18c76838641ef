//! What a changed rule would move, from the keys really stored.

mod collisions;
mod movers;
mod tally;

pub use collisions::Collision;
pub use movers::Mover;
use tally::Tally;

use super::{
    Amount, Census, Change, Finding, Findings, KeyspaceChange, Load, Unreadable, key_tables, survey,
};
use crate::{
    key::{KeyspaceName, ShardId},
    ops::tables::Table,
};

/// How many findings of a kind are listed.
const LISTED: usize = 100;

/// What a changed rule would move in one keyspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyspacePlan {
    /// The keyspace.
    pub keyspace: KeyspaceName,
    /// Whether any key, stored or not, has another place under the new rule.
    pub changes: bool,
    /// All keys, a key on two shards counted once.
    pub stored: Amount,
    /// The keys that have rows to move, counted once each, and those rows. A key
    /// moves from where it really is, be that right or wrong by the present rule.
    pub moving: Amount,
    /// What moves between each two shards, sorted by their names.
    pub pairs: Vec<Pair>,
    /// Every shard of either configuration, before and after.
    pub balance: Vec<Balance>,
    /// The largest movers, most rows first.
    pub movers: Vec<Mover>,
    /// Keys without a place under the new rule; they stay where they are, and
    /// nothing finds them there.
    pub unplaceable: Findings<Finding>,
    /// Keys that are not where the present rule has them.
    pub misplaced: Findings<Finding>,
    /// Keys with rows on more than one shard.
    pub twice: Findings<Finding>,
    /// Ids whose rows are on several shards and come together on one: if rows
    /// among them share a primary key, the move can't be done.
    pub collisions: Findings<Collision>,
    /// Rows without a key, on the shards that have any; they stay.
    pub keyless: Vec<(ShardId, Load)>,
}

/// What moves from one shard to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    /// Where it is.
    pub from: ShardId,
    /// Where it goes.
    pub to: ShardId,
    /// How much it is.
    pub amount: Amount,
}

/// What a shard has of a keyspace, before and after.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Balance {
    /// The shard.
    pub shard: ShardId,
    /// What is stored there.
    pub before: Amount,
    /// What would be.
    pub after: Amount,
}

/// Works out what a change would move in one keyspace, and its `top` largest
/// movers. Reads every shard of either configuration; changes nothing, makes no
/// database, and holds up nobody who writes.
///
/// # Errors
/// [`Unreadable`] if any shard can't be read.
pub async fn plan<C: Census>(
    change: &Change<C>,
    keyspace: &KeyspaceChange,
    tables: &[Table],
    top: usize,
) -> Result<KeyspacePlan, Unreadable> {
    let (shards, names) = (change.shards(), change.names());
    let tables = key_tables(tables, &[&*keyspace.before, &*keyspace.after]);
    let mut tally = Tally::new(keyspace, &names, top);
    let keyless = survey(&shards, &tables, |resident| tally.count(resident)).await?;
    Ok(tally.finish(keyless))
}
