use std::time::Duration;

use super::itinerary::Itinerary;
use crate::key::KeyspaceName;

/// What was moved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveReport {
    /// By keyspace, sorted by name.
    pub keyspaces: Vec<KeyspaceMoved>,
    /// How long it took.
    pub took: Duration,
}

/// What was moved in one keyspace.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyspaceMoved {
    /// The keyspace.
    pub keyspace: KeyspaceName,
    /// Keys; one that was on two shards counts twice.
    pub keys: u64,
    /// Their rows, in all tables.
    pub rows: u64,
    /// Bytes sent, near enough.
    pub bytes: u64,
}

impl MoveReport {
    pub(super) fn of(itineraries: &[Itinerary]) -> Self {
        let nothing = |itinerary: &Itinerary| KeyspaceMoved {
            keyspace: itinerary.keyspace.clone(),
            keys: 0,
            rows: 0,
            bytes: 0,
        };
        Self { keyspaces: itineraries.iter().map(nothing).collect(), took: Duration::ZERO }
    }
}
