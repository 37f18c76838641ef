use std::{fmt, path::Path, sync::Arc};

use crate::key::ShardId;

/// The pins of a `pins_file`, of which there may be hundreds of thousands: each
/// key is held once, and a copy of this shares them.
#[derive(Clone)]
pub struct PinsFile {
    path: Arc<Path>,
    shards: Arc<[ShardId]>,
    pins: Arc<[(Arc<str>, u16)]>,
}

impl PinsFile {
    /// Pins in the order of the file, each key once; the numbers count into `shards`.
    pub(super) fn new(path: &Path, shards: Vec<ShardId>, pins: Vec<(Arc<str>, u16)>) -> Self {
        Self { path: path.into(), shards: shards.into(), pins: pins.into() }
    }

    /// Where the file is, from the root of the file system.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How many keys it pins.
    #[must_use]
    pub fn len(&self) -> usize {
        self.pins.len()
    }

    /// Whether it pins none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.pins.is_empty()
    }

    /// The shards it pins keys to, each once.
    #[must_use]
    pub fn shards(&self) -> &[ShardId] {
        &self.shards
    }

    /// The keys with their shards, in the order of the file.
    pub fn iter(&self) -> impl Iterator<Item = (&Arc<str>, &ShardId)> {
        self.pins.iter().map(|(key, shard)| (key, &self.shards[usize::from(*shard)]))
    }
}

impl fmt::Debug for PinsFile {
    /// Without the pins.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PinsFile")
            .field("path", &self.path)
            .field("pins", &self.pins.len())
            .finish_non_exhaustive()
    }
}
