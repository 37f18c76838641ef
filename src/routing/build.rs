use std::{collections::HashMap, sync::Arc};

use super::{
    ConsistentHashRouter, Directory, RangeRouter, RegionRouter, Router, RuleError,
    range::contradictions,
};
use crate::{
    config::{KeyspaceSettings, Rule},
    key::{ShardId, ShardIndex},
};

/// A router as a cluster holds it.
pub type SharedRouter = Arc<dyn Router>;

/// Makes the router a keyspace's settings ask for; `shards` is the cluster's
/// list, and the router's answers count into it.
///
/// # Errors
/// Everything in which the rule contradicts itself.
///
/// # Panics
/// If the settings name a shard that is not in the list, which reading the
/// configuration has ruled out.
pub fn build(
    settings: &KeyspaceSettings,
    shards: &[ShardId],
) -> Result<SharedRouter, Vec<RuleError>> {
    let index = |shard: &ShardId| {
        let at = shards.iter().position(|known| known == shard);
        let at = at.and_then(|at| u16::try_from(at).ok());
        ShardIndex::new(at.expect("a keyspace names only configured shards"))
    };
    let pins = pins(settings, &index);
    match &settings.rule {
        Rule::Range { entries, allow_gaps } => {
            let ranges: Vec<_> =
                entries.iter().map(|entry| (entry.range, index(&entry.shard))).collect();
            let rule = RangeRouter::new(shards, ranges.clone(), *allow_gaps)
                .map_err(|_| contradictions(shards, &ranges, *allow_gaps))?;
            Ok(pinned(rule, shards, pins))
        }
        Rule::Region { regions, default } => {
            let listed = regions.iter().map(|(region, shard)| (region.clone(), index(shard)));
            let rule = RegionRouter::new(shards, listed.collect(), default.as_ref().map(index))
                .map_err(|error| vec![error])?;
            Ok(pinned(rule, shards, pins))
        }
        Rule::ConsistentHash { virtual_nodes, shards: members } => {
            let members: Vec<_> = members.iter().map(|m| (index(&m.shard), m.weight)).collect();
            let rule = ConsistentHashRouter::new(shards, *virtual_nodes, &members)
                .map_err(|error| vec![error])?;
            Ok(pinned(rule, shards, pins))
        }
    }
}

/// The pins of both kinds, a file's sharing their keys' text with the settings.
fn pins(
    settings: &KeyspaceSettings,
    index: &dyn Fn(&ShardId) -> ShardIndex,
) -> Vec<(Arc<str>, ShardIndex)> {
    let mut pins: Vec<(Arc<str>, _)> =
        settings.pins.iter().map(|(key, shard)| (key.as_str().into(), index(shard))).collect();
    if let Some(file) = &settings.pins_file {
        let places: HashMap<_, _> =
            file.shards().iter().map(|shard| (shard, index(shard))).collect();
        pins.extend(file.iter().map(|(key, shard)| (Arc::clone(key), places[shard])));
    }
    pins
}

/// No directory, and no look-up in one, where nothing is pinned.
fn pinned(
    rule: impl Router,
    shards: &[ShardId],
    pins: Vec<(Arc<str>, ShardIndex)>,
) -> SharedRouter {
    if pins.is_empty() { Arc::new(rule) } else { Arc::new(Directory::new(rule, shards, pins)) }
}
