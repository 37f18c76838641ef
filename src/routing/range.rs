use super::{Explanation, Fingerprint, Pin, RouteError, Router, RuleError, Shape, pieces};
use crate::key::{KeyId, KeyRange, ShardId, ShardIndex, ShardKey};

/// Places integer keys by half-open ranges; a lookup is a binary search.
///
/// # Examples
/// ```
/// use shardwright::key::{KeyRange, ShardId, ShardIndex, ShardKey};
/// use shardwright::routing::{RangeRouter, Router};
///
/// let shards = [ShardId::new("shard-0")?, ShardId::new("shard-1")?];
/// let router = RangeRouter::new(
///     &shards,
///     vec![
///         (KeyRange { start: None, end: Some(50_000) }, ShardIndex::new(0)),
///         (KeyRange { start: Some(50_000), end: None }, ShardIndex::new(1)),
///     ],
///     false,
/// )?;
/// assert_eq!(router.route(&ShardKey::int(49_999)), Ok(ShardIndex::new(0)));
/// assert_eq!(router.route(&ShardKey::int(50_000)), Ok(ShardIndex::new(1)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RangeRouter {
    /// Sorted, disjoint.
    ranges: Vec<(KeyRange, ShardIndex)>,
    shards: Vec<ShardIndex>,
    fingerprint: Fingerprint,
}

impl RangeRouter {
    /// A router over ranges in any order; `shards` is the cluster's list, for names.
    ///
    /// # Errors
    /// [`RuleError`] names both entries of an overlap, an empty range, and the
    /// keys without a range unless `allow_gaps`.
    pub fn new(
        shards: &[ShardId],
        mut ranges: Vec<(KeyRange, ShardIndex)>,
        allow_gaps: bool,
    ) -> Result<Self, RuleError> {
        ranges.sort_by_key(|(range, _)| (range.first(), range.end.unwrap_or(i64::MAX)));
        let mut problems = contradictions(shards, &ranges, allow_gaps);
        if !problems.is_empty() {
            return Err(problems.remove(0));
        }
        let mut used: Vec<_> = ranges.iter().map(|(_, shard)| *shard).collect();
        used.sort_unstable();
        used.dedup();
        let fingerprint = pieces::fingerprint(shards, &pieces::overlaid(&ranges, &[]));
        Ok(Self { fingerprint, ranges, shards: used })
    }

    /// The ranges and their shards, in ascending order.
    #[must_use]
    pub fn ranges(&self) -> &[(KeyRange, ShardIndex)] {
        &self.ranges
    }

    fn find(&self, key: &ShardKey<'_>) -> Result<&(KeyRange, ShardIndex), RouteError> {
        let KeyId::Int(id) = key.id() else {
            return Err(RouteError::wrong_key("range", "a whole number as key", key));
        };
        let after = self.ranges.partition_point(|(range, _)| range.first() <= id);
        after
            .checked_sub(1)
            .map(|i| &self.ranges[i])
            .filter(|(range, _)| range.contains(id))
            .ok_or_else(|| RouteError::Unmapped { key: key.to_string() })
    }
}

impl Router for RangeRouter {
    fn strategy(&self) -> &'static str {
        "range"
    }

    fn route(&self, key: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        self.find(key).map(|(_, shard)| *shard)
    }

    fn shards(&self) -> &[ShardIndex] {
        &self.shards
    }

    fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// A pinned number is a range of one key, and so is a boundary moved by one a
    /// pin: both are brought to the same ranges. Only pins of texts, which no
    /// range holds, remain beside them.
    fn fingerprint_under(&self, pins: &[Pin], shards: &[ShardId]) -> Fingerprint {
        let mut numbers: Vec<_> =
            pins.iter().filter_map(|p| Some((p.number()?, p.shard))).collect();
        numbers.sort_unstable();
        let pieces = pieces::overlaid(&self.ranges, &numbers);
        let texts = pins.iter().filter(|pin| pin.number().is_none());
        pieces::fingerprint(shards, &pieces).under(texts, shards)
    }

    fn explain(&self, key: &ShardKey<'_>) -> Result<Explanation, RouteError> {
        let (range, shard) = self.find(key)?;
        let why = format!("key {key} lies in the range {range} (start included, end not)");
        Ok(Explanation { shard: *shard, strategy: self.strategy(), why })
    }

    fn shape(&self) -> Shape<'_> {
        Shape::Ranges(self)
    }
}

/// Everything that keeps ranges from being a rule, in order of their starts.
pub(super) fn contradictions(
    shards: &[ShardId],
    ranges: &[(KeyRange, ShardIndex)],
    allow_gaps: bool,
) -> Vec<RuleError> {
    let mut sorted = ranges.to_vec();
    sorted.sort_by_key(|(range, _)| (range.first(), range.end.unwrap_or(i64::MAX)));
    let name = |shard: ShardIndex| shards[shard.get()].to_string();
    if sorted.is_empty() {
        return vec![RuleError::NoShard];
    }
    let empty = sorted.iter().filter(|(range, _)| range.is_empty());
    let mut found: Vec<_> =
        empty.map(|&(range, shard)| RuleError::EmptyRange { range, shard: name(shard) }).collect();
    sorted.retain(|(range, _)| !range.is_empty());
    for (i, &(first, a)) in sorted.iter().enumerate() {
        let overlapping = sorted[i + 1..].iter().take_while(|(second, _)| first.overlaps(second));
        found.extend(overlapping.map(|&(second, b)| RuleError::Overlap {
            first,
            first_shard: name(a),
            second,
            second_shard: name(b),
        }));
    }
    // Where ranges contradict each other, a gap between them means little.
    if found.is_empty() && !allow_gaps {
        let missing = gap(shards, &sorted);
        found.extend(missing.map(|(missing, between)| RuleError::Gap { missing, between }));
    }
    found
}

/// The lowest keys that no range holds, and which entries they lie between.
fn gap(shards: &[ShardId], ranges: &[(KeyRange, ShardIndex)]) -> Option<(KeyRange, String)> {
    let entry = |i: usize| format!("{} of {}", ranges[i].0, shards[ranges[i].1.get()]);
    let first = ranges.first()?.0;
    if first.first() > i64::MIN {
        let missing = KeyRange { start: None, end: first.start };
        return Some((missing, format!(", below {}", entry(0))));
    }
    for i in 1..ranges.len() {
        let (end, start) = (ranges[i - 1].0.end, ranges[i].0.first());
        if end.is_some_and(|end| end < start) {
            let missing = KeyRange { start: end, end: Some(start) };
            return Some((missing, format!(", between {} and {}", entry(i - 1), entry(i))));
        }
    }
    let end = ranges.last()?.0.end?;
    let missing = KeyRange { start: Some(end), end: None };
    Some((missing, format!(", above {}", entry(ranges.len() - 1))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shards() -> Vec<ShardId> {
        ["a", "b", "c"].map(|name| ShardId::new(name).expect("a good name")).to_vec()
    }

    fn entry(start: Option<i64>, end: Option<i64>, shard: u16) -> (KeyRange, ShardIndex) {
        (KeyRange { start, end }, ShardIndex::new(shard))
    }

    fn router(ranges: Vec<(KeyRange, ShardIndex)>) -> Result<RangeRouter, String> {
        RangeRouter::new(&shards(), ranges, false).map_err(|error| error.to_string())
    }

    #[test]
    fn the_articles_rule_parts_at_fifty_thousand() {
        let router = router(vec![entry(Some(50_000), None, 1), entry(None, Some(50_000), 0)])
            .expect("a good rule");
        for (key, shard) in
            [(i64::MIN, 0), (-1, 0), (0, 0), (49_999, 0), (50_000, 1), (i64::MAX, 1)]
        {
            assert_eq!(router.route(&ShardKey::int(key)), Ok(ShardIndex::new(shard)), "{key}");
        }
    }

    #[test]
    fn overlaps_name_both_entries() {
        let error = router(vec![entry(None, Some(11), 0), entry(Some(10), None, 1)]);
        assert_eq!(error.err().as_deref(), Some("range ..11 of a overlaps range 10.. of b"));
        // A range inside a wide one, further down the list.
        let inside = vec![entry(None, None, 0), entry(Some(5), Some(6), 2)];
        assert!(router(inside).is_err_and(|e| e.contains("of a overlaps")));
    }

    #[test]
    fn gaps_are_refused_unless_allowed_and_then_unmapped() {
        for (ranges, words) in [
            (vec![entry(None, Some(0), 0), entry(Some(9), None, 1)], "keys 0..9"),
            (vec![entry(Some(0), None, 0)], "keys ..0"),
            (vec![entry(None, Some(0), 0)], "keys 0.."),
        ] {
            let error = router(ranges.clone()).expect_err("a gap");
            assert!(error.contains(words), "{error}");
            RangeRouter::new(&shards(), ranges, true).expect("gaps allowed");
        }
        let gappy = vec![entry(None, Some(0), 0), entry(Some(9), None, 1)];
        let gappy = RangeRouter::new(&shards(), gappy, true).expect("gaps allowed");
        assert_eq!(
            gappy.route(&ShardKey::int(8)),
            Err(RouteError::Unmapped { key: "8".to_owned() })
        );
        assert_eq!(gappy.route(&ShardKey::int(9)), Ok(ShardIndex::new(1)));
    }

    #[test]
    fn the_fingerprint_follows_the_placement_and_nothing_else() {
        let of = |ranges| router(ranges).expect("a good rule").fingerprint();
        let one = of(vec![entry(None, Some(9), 0), entry(Some(9), None, 1)]);
        assert_eq!(one, of(vec![entry(Some(9), None, 1), entry(None, Some(9), 0)]));
        let split =
            vec![entry(None, Some(3), 0), entry(Some(3), Some(9), 0), entry(Some(9), None, 1)];
        assert_eq!(one, of(split));
        assert_ne!(one, of(vec![entry(None, Some(8), 0), entry(Some(8), None, 1)]));
        assert_ne!(one, of(vec![entry(None, Some(9), 1), entry(Some(9), None, 0)]));
    }
}
