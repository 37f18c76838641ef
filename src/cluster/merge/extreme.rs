use super::{Merge, MergeError};

/// The smallest value; `None` where there were no rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Min<T>(pub Option<T>);

/// The largest value; `None` where there were no rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Max<T>(pub Option<T>);

impl<T: Ord> Merge for Min<T> {
    fn merge(self, other: Self) -> Result<Self, MergeError> {
        Ok(Self(self.0.into_iter().chain(other.0).min()))
    }
}

impl<T: Ord> Merge for Max<T> {
    fn merge(self, other: Self) -> Result<Self, MergeError> {
        Ok(Self(self.0.into_iter().chain(other.0).max()))
    }
}
