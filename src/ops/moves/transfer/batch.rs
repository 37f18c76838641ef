use crate::ops::tables::{StoredId, Table};

/// The keys that are moved together: from one source to one target, in one
/// transaction on either side.
///
/// # Examples
/// ```
/// use shardwright::ops::{moves::{Batch, RegionFilter}, tables::StoredId};
///
/// let batch = Batch {
///     region: RegionFilter::Any,
///     keys: vec![StoredId::Text("tenant-1".into()), StoredId::Text("tenant-2".into())],
/// };
/// assert_eq!(batch.keys.len(), 2);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Batch {
    /// Which of the keys' rows.
    pub region: RegionFilter,
    /// The keys. None of them twice.
    pub keys: Vec<StoredId>,
}

/// Which of a key's rows belong to a batch, by their region. A table that has no
/// region column takes part with all its rows of the keys.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RegionFilter {
    /// All of them: the rule doesn't look at regions.
    Any,
    /// Those without a region.
    Null,
    /// Those of this region.
    Is(String),
}

impl RegionFilter {
    /// What is to be added to a condition on the table's rows.
    pub(super) fn condition(&self, table: &Table, literal: impl Fn(&str) -> String) -> String {
        match (self, table.region().map(Table::quote)) {
            (Self::Null, Some(region)) => format!(" AND {region} IS NULL"),
            (Self::Is(name), Some(region)) => format!(" AND {region} = {}", literal(name)),
            (Self::Any, _) | (_, None) => String::new(),
        }
    }
}

impl Batch {
    /// The same rows of fewer keys.
    pub(super) fn of(&self, keys: Vec<StoredId>) -> Self {
        Self { region: self.region.clone(), keys }
    }
}
