use super::{Merge, MergeError};

/// A number of rows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Count(pub u64);

impl Merge for Count {
    fn merge(self, other: Self) -> Result<Self, MergeError> {
        self.0.checked_add(other.0).map(Self).ok_or(MergeError::Overflow("count"))
    }
}
