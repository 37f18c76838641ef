//! Two configurations of one cluster, the present one and a new one, joined:
//! every shard of either, and each keyspace's rule before and after, both
//! counting into that one list.

mod error;
mod join;

pub use error::{ChangeError, Side};

use crate::{
    cluster::{Blueprint, Builder, ShardedDb},
    config::Sharding,
    key::{KeyspaceName, ShardId, ShardIndex},
    routing::SharedRouter,
    shard::{Connect, Shard, ShardConnection},
};

/// A change of configuration, ready to be rehearsed or carried out. Nothing is
/// connected to until it is used.
///
/// An [example](crate::ops::placement#examples) makes one and has it planned.
pub struct Change<C: Connect = ShardConnection> {
    /// Every shard of either configuration, sorted by name. Knows no keyspace:
    /// while a rule changes, no key has *the* place.
    pub db: ShardedDb<C>,
    /// The keyspaces, sorted by name.
    pub keyspaces: Vec<KeyspaceChange>,
    /// The present settings.
    pub before: Sharding,
    /// The new ones.
    pub after: Sharding,
}

/// A keyspace's rule before and after; both answer with places in the joined
/// list of shards.
#[derive(Debug, Clone)]
pub struct KeyspaceChange {
    /// The keyspace.
    pub name: KeyspaceName,
    /// The present rule.
    pub before: SharedRouter,
    /// The new one.
    pub after: SharedRouter,
    /// Shards that only the present rule can answer with.
    pub only_before: Vec<ShardIndex>,
    /// Shards that only the new rule can answer with.
    pub only_after: Vec<ShardIndex>,
}

impl<C: Connect> Change<C> {
    /// Joins the present configuration and the new one.
    ///
    /// # Errors
    /// [`ChangeError`]: a name that means another database in each, a database
    /// with another name in each, a keyspace that one of them lacks.
    pub fn new(before: &Blueprint, after: &Blueprint) -> Result<Self, ChangeError> {
        let shards = join::shards(&before.settings.shards, &after.settings.shards)?;
        let ids: Vec<_> = shards.iter().map(|shard| shard.id.clone()).collect();
        let keyspaces = join::keyspaces(before, after, &ids)?;
        // The two files' limits on connections are meant for their own shards.
        let settings = Sharding { shards, max_total: None, ..before.settings.clone() };
        let paper = Blueprint { settings, keyspaces: Vec::new() };
        let db = Builder::from_blueprint(paper).build()?;
        let (before, after) = (before.settings.clone(), after.settings.clone());
        Ok(Self { db, keyspaces, before, after })
    }

    /// A keyspace's change, by name.
    #[must_use]
    pub fn keyspace(&self, name: &KeyspaceName) -> Option<&KeyspaceChange> {
        self.keyspaces.iter().find(|keyspace| keyspace.name == *name)
    }

    /// The joined shards, as a survey takes them.
    #[must_use]
    pub fn shards(&self) -> Vec<&Shard<C>> {
        self.db.shards().iter().collect()
    }

    /// The joined shards' names, in the order that both rules count in.
    #[must_use]
    pub fn names(&self) -> Vec<ShardId> {
        self.db.shards().iter().map(|shard| shard.id().clone()).collect()
    }
}

impl<C: Connect> std::fmt::Debug for Change<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Change")
            .field("shards", &self.names())
            .field("keyspaces", &self.keyspaces)
            .finish_non_exhaustive()
    }
}

impl KeyspaceChange {
    /// Whether no key has another place under the new rule.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.before.fingerprint() == self.after.fingerprint()
    }
}
