use crate::key::{ShardBy, ShardKey};

/// Which user, and so which shard: the key of keyspace `users`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct UserKey {
    /// The user's id.
    pub id: i64,
    /// The user's region, if known; what a `region` rule places by.
    pub region: Option<String>,
}

impl UserKey {
    /// What a user of that id and region is placed by.
    pub(in crate::store) fn placed(id: i64, region: Option<&str>) -> ShardKey<'_> {
        let key = ShardKey::int(id);
        match region {
            Some(region) => key.in_region(region),
            None => key,
        }
    }
}

impl ShardBy for UserKey {
    const KEYSPACE: &'static str = "users";
    const FIELD: &'static str = "id";

    fn shard_key(&self) -> ShardKey<'_> {
        Self::placed(self.id, self.region.as_deref())
    }
}
