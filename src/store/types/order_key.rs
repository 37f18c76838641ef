use super::{OrderId, TenantId};
use crate::key::{ShardBy, ShardKey};

/// Which order: it is placed by its tenant.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct OrderKey {
    /// Whose it is.
    pub tenant: TenantId,
    /// Which of theirs.
    pub order: OrderId,
}

impl ShardBy for OrderKey {
    const KEYSPACE: &'static str = TenantId::KEYSPACE;
    const FIELD: &'static str = TenantId::FIELD;

    fn shard_key(&self) -> ShardKey<'_> {
        self.tenant.shard_key()
    }
}
