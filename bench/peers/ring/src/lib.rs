//! The articles' consistent-hash ring: MD5, 150 points a shard, a binary search.

use md5::{Digest, Md5};

const VIRTUAL_NODES: usize = 150;

/// Where keys live.
#[derive(Debug)]
pub struct Ring {
    /// Sorted; the shard's place beside its point.
    points: Vec<(u128, usize)>,
}

impl Ring {
    /// A ring of `shard-0`, `shard-1`, …
    #[must_use]
    pub fn new(shards: usize) -> Self {
        let of =
            |shard| (0..VIRTUAL_NODES).map(move |i| (hash(&format!("shard-{shard}:{i}")), shard));
        let mut points: Vec<_> = (0..shards).flat_map(of).collect();
        points.sort_unstable();
        Self { points }
    }

    /// The place of the key's shard: that of the first point above its hash.
    #[must_use]
    pub fn route(&self, key: &str) -> usize {
        let hash = hash(key);
        let after = self.points.partition_point(|(point, _)| *point <= hash);
        self.points[after % self.points.len()].1
    }
}

fn hash(text: &str) -> u128 {
    u128::from_be_bytes(Md5::digest(text.as_bytes()).into())
}
