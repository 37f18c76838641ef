//! Ranges that even the load out.

mod assign;
mod cut;
mod error;
mod measure;
mod proposal;

use cut::Cutter;
pub use error::SuggestError;
pub use measure::Measure;
pub use proposal::{Proposed, Suggestion};

use super::{Amount, Census, Resident, survey};
use crate::{
    cluster::Keyspace,
    config::{KeyspaceSettings, Rule},
    key::ShardId,
    ops::tables::{KeyKind, StoredId, Table},
    shard::Shard,
};

/// Proposes ranges for a keyspace of whole-number keys, one for each of `onto`,
/// that even out what `by` measures. `shards` are all of the cluster, in its order.
///
/// Each range is cut where its share of what is left is reached, so that a key
/// heavier than a share takes a range to itself and the rest is evened out over
/// the others; the largest share is therefore above the mean by no more than one
/// key's, or what one key alone weighs. Where there is a choice, less is moved: a
/// present boundary is kept if it comes as close, shards keep the order in which
/// the present ranges have them, and a new one goes in between where that moves
/// the fewest rows.
///
/// The keys are read twice, in constant memory. What is written in between makes
/// the shares less even, never the ranges wrong.
///
/// # Errors
/// [`SuggestError`]: keys that are text, fewer keys than shards, a shard given
/// twice or unknown, or one that can't be read.
pub async fn suggest<C: Census>(
    shards: &[&Shard<C>],
    keyspace: &Keyspace,
    settings: Option<&KeyspaceSettings>,
    tables: &[Table],
    onto: &[ShardId],
    by: Measure,
) -> Result<Suggestion, SuggestError> {
    if tables.iter().any(|table| table.kind() == KeyKind::Text) {
        return Err(SuggestError::Text { keyspace: keyspace.name.clone() });
    }
    if let Some(twice) = onto.iter().enumerate().find(|(i, shard)| onto[..*i].contains(shard)) {
        return Err(SuggestError::Twice { shard: twice.1.clone() });
    }
    let names: Vec<_> = shards.iter().map(|shard| shard.id().clone()).collect();
    if let Some(unknown) = onto.iter().find(|shard| !names.contains(shard)) {
        return Err(SuggestError::Unknown { shard: unknown.clone() });
    }
    let tables: Vec<_> = tables.iter().cloned().map(Table::without_region).collect();
    let mut stored = Amount::default();
    survey(shards, &tables, |found| stored += Amount::one(found.load())).await?;
    let count = onto.len();
    if count == 0 || stored.keys < count as u64 {
        return Err(SuggestError::TooFewKeys { keys: stored.keys, shards: count });
    }
    let mut cutter = Cutter::new(stored, count, shards.len(), by, present(settings));
    survey(shards, &tables, |Resident { key, at }| {
        if let StoredId::Int(id) = key.id {
            cutter.key(id, at);
        }
    })
    .await?;
    let segments = cutter.finish();
    if segments.len() < count {
        return Err(SuggestError::TooFewKeys { keys: segments.len() as u64, shards: count });
    }
    let order = in_present_order(onto, settings);
    Ok(proposal::propose(keyspace.name.clone(), by, segments, &names, &order))
}

/// Where the present ranges end or begin, ascending.
fn present(settings: Option<&KeyspaceSettings>) -> Vec<i64> {
    let Some(Rule::Range { entries, .. }) = settings.map(|settings| &settings.rule) else {
        return Vec::new();
    };
    let bounds = entries.iter().flat_map(|entry| [entry.range.start, entry.range.end]);
    let mut bounds: Vec<_> = bounds.flatten().collect();
    bounds.sort_unstable();
    bounds.dedup();
    bounds
}

/// The shards that have ranges now in the order of those, and the others.
struct Order {
    settled: Vec<ShardId>,
    new: Vec<ShardId>,
}

fn in_present_order(onto: &[ShardId], settings: Option<&KeyspaceSettings>) -> Order {
    let mut settled: Vec<ShardId> = Vec::new();
    if let Some(Rule::Range { entries, .. }) = settings.map(|settings| &settings.rule) {
        let mut entries: Vec<_> = entries.iter().collect();
        entries.sort_by_key(|entry| entry.range.first());
        for entry in entries {
            if onto.contains(&entry.shard) && !settled.contains(&entry.shard) {
                settled.push(entry.shard.clone());
            }
        }
    }
    let new = onto.iter().filter(|shard| !settled.contains(shard)).cloned().collect();
    Order { settled, new }
}
