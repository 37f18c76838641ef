use std::fmt;

/// A half-open range `[start, end)` of integer keys; a missing bound is open.
///
/// An open end is the only way to hold `i64::MAX`, which no exclusive end can
/// reach.
///
/// # Examples
/// ```
/// use shardwright::key::KeyRange;
///
/// let low = KeyRange { start: None, end: Some(50_000) };
/// assert!(low.contains(49_999) && !low.contains(50_000));
/// assert_eq!(low.to_string(), "..50000");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct KeyRange {
    /// The first key inside; `None` reaches down to `i64::MIN`.
    pub start: Option<i64>,
    /// The first key past the end; `None` reaches up to and with `i64::MAX`.
    pub end: Option<i64>,
}

impl KeyRange {
    /// Whether the key lies inside.
    #[must_use]
    pub fn contains(&self, key: i64) -> bool {
        self.start.is_none_or(|start| key >= start) && self.end.is_none_or(|end| key < end)
    }

    /// Whether no key at all lies inside.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.end.is_some_and(|end| end <= self.first())
    }

    /// Whether some key lies in both.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        let ends_after = |end: Option<i64>, start: i64| end.is_none_or(|end| end > start);
        !self.is_empty()
            && !other.is_empty()
            && ends_after(self.end, other.first())
            && ends_after(other.end, self.first())
    }

    /// The smallest key a non-empty range holds.
    #[must_use]
    pub fn first(&self) -> i64 {
        self.start.unwrap_or(i64::MIN)
    }
}

impl fmt::Display for KeyRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(start) = self.start {
            write!(f, "{start}")?;
        }
        f.write_str("..")?;
        match self.end {
            Some(end) => write!(f, "{end}"),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(start: Option<i64>, end: Option<i64>) -> KeyRange {
        KeyRange { start, end }
    }

    #[test]
    fn bounds_are_half_open_and_open_ends_reach_the_extremes() {
        let all = range(None, None);
        assert!(all.contains(i64::MIN) && all.contains(i64::MAX));
        let low = range(None, Some(0));
        assert!(low.contains(i64::MIN) && low.contains(-1) && !low.contains(0));
        assert!(range(Some(i64::MAX), None).contains(i64::MAX));
    }

    #[test]
    fn emptiness_is_seen_at_the_extremes() {
        assert!(range(Some(5), Some(5)).is_empty());
        assert!(range(Some(6), Some(5)).is_empty());
        assert!(range(None, Some(i64::MIN)).is_empty());
        assert!(!range(Some(i64::MAX), None).is_empty());
    }

    #[test]
    fn touching_ranges_do_not_overlap() {
        let low = range(None, Some(10));
        assert!(!low.overlaps(&range(Some(10), None)));
        assert!(low.overlaps(&range(Some(9), None)));
        assert!(!low.overlaps(&range(Some(5), Some(5))));
        assert!(range(None, None).overlaps(&range(Some(i64::MAX), None)));
    }
}
