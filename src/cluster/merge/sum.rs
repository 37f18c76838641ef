use super::{Merge, MergeError};

/// A sum of whole numbers. 128 bits hold the sum of any 2⁶⁴ values of 64 bits;
/// beyond that it is an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sum(pub i128);

impl Merge for Sum {
    fn merge(self, other: Self) -> Result<Self, MergeError> {
        self.0.checked_add(other.0).map(Self).ok_or(MergeError::Overflow("sum"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_overflow_is_an_error() {
        assert_eq!(Sum(i128::MAX).merge(Sum(0)), Ok(Sum(i128::MAX)));
        assert_eq!(Sum(i128::MAX).merge(Sum(1)), Err(MergeError::Overflow("sum")));
        assert_eq!(Sum(i128::MIN).merge(Sum(-1)), Err(MergeError::Overflow("sum")));
    }
}
