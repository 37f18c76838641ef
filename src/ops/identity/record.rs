use super::ClusterId;
use crate::{
    key::{KeyspaceName, ShardId},
    routing::Fingerprint,
};

/// Who a database says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The shard.
    pub shard: ShardId,
    /// Its cluster.
    pub cluster: ClusterId,
}

/// What a database says of the rule that one keyspace's rows were placed by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlacementRecord {
    /// The keyspace.
    pub keyspace: KeyspaceName,
    /// The rule's fingerprint.
    pub fingerprint: Fingerprint,
    /// The shards that the rule places keys on, sorted by name.
    pub shards: Vec<ShardId>,
    /// The rule that keys are being moved to, while they are.
    pub moving_to: Option<Fingerprint>,
}

/// What a database says of itself; nothing, before it was first migrated.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Records {
    /// Who it is.
    pub identity: Option<Identity>,
    /// Where its rows belong, by keyspace.
    pub placements: Vec<PlacementRecord>,
}

impl Records {
    /// What it says of one keyspace.
    #[must_use]
    pub fn placement(&self, keyspace: &KeyspaceName) -> Option<&PlacementRecord> {
        self.placements.iter().find(|record| record.keyspace == *keyspace)
    }
}
