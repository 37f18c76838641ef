use crate::{key::KeyspaceName, ops::identity::HoldError};

/// Told of what happens while it happens. Every method does nothing unless
/// overridden, and must not block.
pub trait MoveProgress: Send + Sync {
    /// Someone else holds a shard; it is waited for.
    fn waiting(&self, _held: &HoldError) {}

    /// So much is to be moved in a keyspace.
    fn planned(&self, _keyspace: &KeyspaceName, _keys: u64, _rows: u64) {}

    /// So much more has been moved.
    fn moved(&self, _keyspace: &KeyspaceName, _keys: u64, _rows: u64) {}
}

/// Nobody is told.
impl MoveProgress for () {}
