use std::{collections::BTreeMap, fmt};

use super::{Object, ObjectKind, Schema};
use crate::key::ShardId;

/// The shards whose schema is not what it should be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Drift {
    /// Each with what is wrong, in shard order.
    pub drifted: Vec<Drifted>,
    /// The shards that could not be compared, each with why, in shard order.
    pub unread: Vec<(ShardId, String)>,
}

/// A shard that differs from the others of its kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drifted {
    /// The shard.
    pub shard: ShardId,
    /// A shard that has what most have.
    pub reference: ShardId,
    /// What differs, by object.
    pub differences: Vec<Difference>,
}

/// One object that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Difference {
    /// The others have it.
    Missing(Object),
    /// The others don't have it.
    Extra(Object),
    /// The others have it otherwise.
    Changed {
        /// As it is on this shard.
        here: Object,
        /// As the others have it.
        there: Object,
    },
    /// An index that no query uses, left by a `CREATE INDEX CONCURRENTLY` that
    /// did not end; said even if every shard has it.
    Invalid(Object),
}

impl Drift {
    /// Whether every shard was read and is as it should be.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.drifted.is_empty() && self.unread.is_empty()
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(object) => write!(f, "{object} is missing"),
            Self::Extra(object) => write!(f, "{object} is extra: {}", object.definition),
            Self::Changed { here, there } => {
                write!(f, "{here} is {}, elsewhere {}", here.definition, there.definition)
            }
            Self::Invalid(object) => write!(
                f,
                "{object} is invalid, left by a CREATE INDEX CONCURRENTLY that did not end; drop \
                 it and run the migration again"
            ),
        }
    }
}

/// Compares schemas within each group; in one, what most shards have is right,
/// and of equally many the one with the first shard.
pub(in crate::ops) fn compare<G: Ord>(
    read: impl IntoIterator<Item = (ShardId, G, Schema)>,
) -> Drift {
    let mut groups: BTreeMap<G, Vec<(ShardId, Schema)>> = BTreeMap::new();
    for (shard, group, schema) in read {
        groups.entry(group).or_default().push((shard, schema));
    }
    let mut drifted: Vec<_> = groups.into_values().flat_map(odd_ones).collect();
    drifted.sort_by(|a, b| a.shard.cmp(&b.shard));
    Drift { drifted, unread: Vec::new() }
}

fn odd_ones(shards: Vec<(ShardId, Schema)>) -> Vec<Drifted> {
    let like = |schema: &Schema| {
        shards.iter().filter(|(_, other)| other.sound().eq(schema.sound())).count()
    };
    // `rev` as of equals `max_by_key` takes the last.
    let Some((reference, right)) = shards.iter().rev().max_by_key(|(_, schema)| like(schema))
    else {
        return Vec::new();
    };
    let differing = |(shard, schema): &(ShardId, Schema)| {
        let differences = differences(schema, right);
        let drifted = Drifted { shard: shard.clone(), reference: reference.clone(), differences };
        (!drifted.differences.is_empty()).then_some(drifted)
    };
    shards.iter().filter_map(differing).collect()
}

fn differences(here: &Schema, there: &Schema) -> Vec<Difference> {
    let mut found = Vec::new();
    for object in here.objects() {
        match there.find(object) {
            _ if object.kind == ObjectKind::InvalidIndex => {
                found.push(Difference::Invalid(object.clone()));
            }
            None => found.push(Difference::Extra(object.clone())),
            Some(other) if other.definition != object.definition => {
                found.push(Difference::Changed { here: object.clone(), there: other.clone() });
            }
            Some(_) => {}
        }
    }
    let missing = there.sound().filter(|object| here.find(object).is_none());
    found.extend(missing.cloned().map(Difference::Missing));
    // What belongs to a table that is missing or extra as a whole goes without saying.
    let whole: Vec<String> = found
        .iter()
        .filter_map(|difference| match difference {
            Difference::Missing(o) | Difference::Extra(o) if o.kind == ObjectKind::Table => {
                Some(o.name.clone())
            }
            _ => None,
        })
        .collect();
    found.retain(|difference| match difference {
        Difference::Missing(o) | Difference::Extra(o) => {
            o.kind == ObjectKind::Table || !whole.contains(&o.table)
        }
        Difference::Changed { .. } | Difference::Invalid(_) => true,
    });
    found
}
