use super::ShardKey;

/// A type whose values say which shard their rows live on.
///
/// Implement it for the id types of your application: the *type* picks the
/// keyspace, so a tenant's id can't be routed by the users' rule, and a query
/// without a key doesn't compile.
///
/// # Examples
/// ```
/// use shardwright::key::{ShardBy, ShardKey};
///
/// struct AccountId(i64);
///
/// impl ShardBy for AccountId {
///     const KEYSPACE: &'static str = "accounts";
///
///     fn shard_key(&self) -> ShardKey<'_> {
///         ShardKey::int(self.0)
///     }
/// }
/// ```
pub trait ShardBy {
    /// The keyspace the rows belong to, by its name in the configuration.
    const KEYSPACE: &'static str;

    /// What callers know the key by, such as `tenant_id`: the field that is named
    /// when a key has no place.
    const FIELD: &'static str = "key";

    /// What the rows are placed by.
    fn shard_key(&self) -> ShardKey<'_>;
}
