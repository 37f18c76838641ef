use super::{Census, Unreadable, home::home, key_tables, survey};
use crate::{
    key::ShardId,
    ops::tables::{StoredKey, Table},
    routing::Router,
    shard::Shard,
};

/// How many examples are given.
const EXAMPLES: usize = 5;

/// How many of the stored keys a rule would look for in the wrong place.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Misplaced {
    /// Keys that are stored.
    pub keys: u64,
    /// Those of them with rows where the rule does not look for them, or for
    /// which it has no place at all.
    pub affected: u64,
    /// The first of those, at most five.
    pub examples: Vec<Example>,
    /// Rows without a key, which no rule finds.
    pub keyless: u64,
}

/// A key that would be looked for in the wrong place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// The key.
    pub key: StoredKey,
    /// A shard that has rows of it.
    pub on: ShardId,
    /// Where the rule looks for it, if it has a place.
    pub home: Option<ShardId>,
}

/// Holds every key stored on these shards against a rule: for the guard, which
/// must say what a changed rule would do. `names` is the list that the router
/// counts into; the shards may be some of them, in any order.
///
/// # Errors
/// [`Unreadable`] if any shard can't be read.
pub async fn misplaced<C: Census>(
    shards: &[&Shard<C>],
    tables: &[Table],
    router: &dyn Router,
    names: &[ShardId],
) -> Result<Misplaced, Unreadable> {
    let mut found = Misplaced::default();
    let tables = key_tables(tables, &[router]);
    let keyless = survey(shards, &tables, |resident| {
        found.keys += 1;
        let home = home(router, resident.key, names).ok().map(|place| &names[place]);
        let stray = resident.at.iter().find(|(place, _)| Some(shards[*place].id()) != home);
        let Some((place, _)) = stray else { return };
        found.affected += 1;
        if found.examples.len() < EXAMPLES {
            found.examples.push(Example {
                key: resident.key.clone(),
                on: shards[*place].id().clone(),
                home: home.cloned(),
            });
        }
    });
    let keyless = keyless.await?;
    found.keyless = keyless.iter().map(|load| load.rows).sum();
    Ok(found)
}
