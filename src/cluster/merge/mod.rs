//! Putting the shards' answers together, exactly or not at all.
//!
//! What can't be merged from its parts is carried as what can: a mean is a sum
//! and a count. A sum that would overflow is an error, never a wrong number.

mod containers;
mod count;
mod extreme;
mod mean;
mod sum;

pub use count::Count;
pub use extreme::{Max, Min};
pub use mean::Mean;
pub use sum::Sum;
use thiserror::Error;

/// An aggregate that can be computed from the aggregates of its parts.
///
/// Implementations are associative and commutative, so that neither the order
/// nor the grouping of shards can be seen in the result.
///
/// # Examples
/// ```
/// use shardwright::cluster::merge::{Count, Mean, merge_all};
///
/// let per_shard = [(Count(2), Mean::of(30, 2)), (Count(1), Mean::of(60, 1))];
/// let (count, mean) = merge_all(per_shard)?.expect("two parts");
/// assert_eq!(count, Count(3));
/// assert_eq!(mean.value(), Some(30.0));
/// # Ok::<(), shardwright::cluster::merge::MergeError>(())
/// ```
pub trait Merge: Sized {
    /// The aggregate of both parts.
    ///
    /// # Errors
    /// [`MergeError::Overflow`] if the result has no exact value.
    fn merge(self, other: Self) -> Result<Self, MergeError>;
}

/// Parts that have no exact whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MergeError {
    /// The result does not fit its type.
    #[error("the {0} over all shards is too large to be exact")]
    Overflow(&'static str),
}

/// Merges any number of parts; `None` if there are none.
///
/// # Errors
/// As [`Merge::merge`].
///
/// # Examples
/// ```
/// use shardwright::cluster::merge::{Max, MergeError, Sum, merge_all};
///
/// // The dearest order of each shard, if it has one, and what all its orders came to.
/// let shards = [(Max(Some(250)), Sum(900)), (Max(None), Sum(0))];
/// assert_eq!(merge_all(shards)?, Some((Max(Some(250)), Sum(900))));
///
/// assert_eq!(merge_all([Sum(i128::MAX), Sum(1)]), Err(MergeError::Overflow("sum")));
/// assert_eq!(merge_all::<Sum>([])?, None);
/// # Ok::<(), MergeError>(())
/// ```
pub fn merge_all<M: Merge>(parts: impl IntoIterator<Item = M>) -> Result<Option<M>, MergeError> {
    let mut parts = parts.into_iter();
    match parts.next() {
        Some(first) => parts.try_fold(first, M::merge).map(Some),
        None => Ok(None),
    }
}
