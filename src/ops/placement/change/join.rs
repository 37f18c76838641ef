use super::{ChangeError, KeyspaceChange, Side};
use crate::{
    cluster::Blueprint,
    config::{KeyspaceSettings, ShardSettings},
    key::{ShardId, ShardIndex},
    routing::{self, SharedRouter},
};

/// Every shard of either list, sorted by name; one of both with its present settings.
pub(super) fn shards(
    before: &[ShardSettings],
    after: &[ShardSettings],
) -> Result<Vec<ShardSettings>, ChangeError> {
    let mut joined = before.to_vec();
    for new in after {
        if let Some(old) = before.iter().find(|old| old.id == new.id) {
            if !old.url.same_database(&new.url) {
                return Err(ChangeError::OtherDatabase {
                    shard: new.id.clone(),
                    before: Box::new(old.url.clone()),
                    after: Box::new(new.url.clone()),
                });
            }
            continue;
        }
        if let Some(old) = before.iter().find(|old| old.url.same_database(&new.url)) {
            return Err(ChangeError::OtherName {
                url: Box::new(new.url.clone()),
                before: old.id.clone(),
                after: new.id.clone(),
            });
        }
        joined.push(new.clone());
    }
    joined.sort_by(|a, b| a.id.cmp(&b.id));
    Ok(joined)
}

/// Each keyspace with both its rules over the joined shards.
pub(super) fn keyspaces(
    before: &Blueprint,
    after: &Blueprint,
    shards: &[ShardId],
) -> Result<Vec<KeyspaceChange>, ChangeError> {
    let (old, new) = (&before.settings.keyspaces, &after.settings.keyspaces);
    if let Some(lost) = lacking(old, new) {
        return Err(ChangeError::Keyspace { keyspace: lost.name.clone(), lacking: Side::After });
    }
    if let Some(gained) = lacking(new, old) {
        return Err(ChangeError::Keyspace { keyspace: gained.name.clone(), lacking: Side::Before });
    }
    let pair = |old: &KeyspaceSettings| {
        let new = new.iter().find(|new| new.name == old.name);
        let new = new.expect("no keyspace is missing on either side");
        let (before, after) = (router(old, shards)?, router(new, shards)?);
        let (only_before, only_after) = (only_in(&before, &after), only_in(&after, &before));
        Ok(KeyspaceChange { name: old.name.clone(), before, after, only_before, only_after })
    };
    old.iter().map(pair).collect()
}

/// The first keyspace that the other list lacks.
fn lacking<'a>(
    of: &'a [KeyspaceSettings],
    other: &[KeyspaceSettings],
) -> Option<&'a KeyspaceSettings> {
    of.iter().find(|keyspace| !other.iter().any(|other| other.name == keyspace.name))
}

fn router(settings: &KeyspaceSettings, shards: &[ShardId]) -> Result<SharedRouter, ChangeError> {
    routing::build(settings, shards).map_err(|mut errors| ChangeError::Rule {
        keyspace: settings.name.clone(),
        source: Box::new(errors.swap_remove(0)),
    })
}

fn only_in(one: &SharedRouter, other: &SharedRouter) -> Vec<ShardIndex> {
    one.shards().iter().filter(|shard| !other.shards().contains(shard)).copied().collect()
}
