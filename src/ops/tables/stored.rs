use std::fmt;

use crate::key::ShardKey;

/// The id of a key as it was found in a table. Ordered as databases order it:
/// numbers by size, texts by their bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoredId {
    /// A whole number.
    Int(i64),
    /// Text.
    Text(Box<str>),
}

/// A key as it was found in a table: what says where its rows belong.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StoredKey {
    /// The key column's value.
    pub id: StoredId,
    /// The region column's, if the table has one and the row has a region.
    pub region: Option<Box<str>>,
}

impl StoredKey {
    /// The key as routers take it.
    #[must_use]
    pub fn shard_key(&self) -> ShardKey<'_> {
        let key = match &self.id {
            StoredId::Int(id) => ShardKey::int(*id),
            StoredId::Text(id) => ShardKey::text(id),
        };
        match &self.region {
            Some(region) => key.in_region(region),
            None => key,
        }
    }
}

impl fmt::Display for StoredId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Int(id) => write!(f, "{id}"),
            Self::Text(id) => f.write_str(id),
        }
    }
}

impl fmt::Display for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.id, f)?;
        match &self.region {
            Some(region) => write!(f, " (region {region})"),
            None => Ok(()),
        }
    }
}
