/// A shard's place in its cluster's list of shards, counted from 0.
///
/// Routers answer with an index so that routing a key neither allocates nor
/// compares names. An index means something only beside the list it counts
/// into; what is stored or shown is always the [`ShardId`](super::ShardId).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ShardIndex(u16);

impl ShardIndex {
    /// The shard at this place.
    #[must_use]
    pub const fn new(place: u16) -> Self {
        Self(place)
    }

    /// The place, for indexing a list of shards.
    #[must_use]
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}
