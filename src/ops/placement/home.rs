use crate::{key::ShardId, ops::tables::StoredKey, routing::Router};

/// The place of the key's shard in the list, or in words why it has none.
pub(super) fn home(
    router: &dyn Router,
    key: &StoredKey,
    shards: &[ShardId],
) -> Result<usize, String> {
    match router.route(&key.shard_key()) {
        Ok(shard) if shard.get() < shards.len() => Ok(shard.get()),
        // Only a router of one's own could.
        Ok(shard) => {
            Err(format!("the rule names shard number {}, which there is not", shard.get()))
        }
        Err(error) => Err(error.to_string()),
    }
}
