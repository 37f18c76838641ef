use std::collections::BTreeMap;

use super::{Merge, MergeError};

/// Per group: what stands under one key on several shards is merged.
impl<K: Ord, V: Merge> Merge for BTreeMap<K, V> {
    fn merge(mut self, other: Self) -> Result<Self, MergeError> {
        for (key, value) in other {
            let merged = match self.remove(&key) {
                Some(own) => own.merge(value)?,
                None => value,
            };
            self.insert(key, merged);
        }
        Ok(self)
    }
}

/// Several aggregates of one scatter.
impl<A: Merge, B: Merge> Merge for (A, B) {
    fn merge(self, other: Self) -> Result<Self, MergeError> {
        Ok((self.0.merge(other.0)?, self.1.merge(other.1)?))
    }
}
