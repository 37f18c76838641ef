//! The words everything else is said in: who a shard is, what a key is, what
//! keys belong together. Plain data, no I/O, nothing from the floors above.

mod keyspace;
mod name;
mod range;
mod shard_by;
mod shard_id;
mod shard_index;
mod shard_key;

pub use keyspace::KeyspaceName;
pub use name::NameError;
pub use range::KeyRange;
pub use shard_by::ShardBy;
pub use shard_id::ShardId;
pub use shard_index::ShardIndex;
pub use shard_key::{KeyId, ShardKey};
