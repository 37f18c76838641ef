use super::{Count, Merge, MergeError, Sum};

/// A mean, carried as what it is made of: the mean of means would be wrong
/// wherever shards differ in size.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Mean {
    /// The sum of the values.
    pub sum: Sum,
    /// How many there are.
    pub count: Count,
}

impl Mean {
    /// The mean of `count` values that add up to `sum`.
    #[must_use]
    pub const fn of(sum: i128, count: u64) -> Self {
        Self { sum: Sum(sum), count: Count(count) }
    }

    /// The mean itself, to the precision of a double; `None` of no values.
    #[must_use]
    pub fn value(&self) -> Option<f64> {
        (self.count.0 > 0).then(|| self.sum.0 as f64 / self.count.0 as f64)
    }
}

impl Merge for Mean {
    fn merge(self, other: Self) -> Result<Self, MergeError> {
        Ok(Self { sum: self.sum.merge(other.sum)?, count: self.count.merge(other.count)? })
    }
}
