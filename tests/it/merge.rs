//! Aggregates over shards come out as they would over all rows in one place,
//! however the rows are spread; pages as one sorted list.

use std::collections::BTreeMap;

use proptest::{collection::vec, prelude::*};
use shardwright::cluster::{
    merge::{Count, Max, Mean, Merge, MergeError, Min, Sum, merge_all},
    merge_pages,
};

use crate::cases::cases;

/// Everything there is to say of some rows, in one go.
type All = ((Count, Sum), (Mean, (Min<i64>, Max<i64>)));

fn aggregate(rows: &[i64]) -> All {
    let sum = rows.iter().map(|n| i128::from(*n)).sum();
    let count = rows.len() as u64;
    let mean = Mean::of(sum, count);
    let ends = (Min(rows.iter().min().copied()), Max(rows.iter().max().copied()));
    ((Count(count), Sum(sum)), (mean, ends))
}

fn by_group(rows: &[(u8, i64)]) -> BTreeMap<u8, All> {
    let mut groups: BTreeMap<u8, Vec<i64>> = BTreeMap::new();
    for (group, n) in rows {
        groups.entry(*group).or_default().push(*n);
    }
    groups.into_iter().map(|(group, rows)| (group, aggregate(&rows))).collect()
}

fn shards() -> impl Strategy<Value = Vec<Vec<(u8, i64)>>> {
    let number = prop_oneof![any::<i64>(), -5_i64..5, Just(i64::MIN), Just(i64::MAX)];
    vec(vec((0_u8..4, number), 0..8), 1..6)
}

/// Neither order nor grouping can be seen, overflow included.
fn laws<M: Merge + Copy + PartialEq + std::fmt::Debug>(
    a: M,
    b: M,
    c: M,
) -> Result<(), TestCaseError> {
    prop_assert_eq!(a.merge(b), b.merge(a), "commutative");
    let (left, right) =
        (a.merge(b).and_then(|ab| ab.merge(c)), b.merge(c).and_then(|bc| a.merge(bc)));
    // Near the ends of the type one grouping may overflow where another does
    // not; both that have a value have the same.
    prop_assert!(left.is_err() || right.is_err() || left == right, "{left:?}, {right:?}");
    Ok(())
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn parts_merge_to_the_whole(shards in shards(), rotate in 0..6_usize, split in 0..6_usize) {
        let rows: Vec<(u8, i64)> = shards.concat();
        let numbers: Vec<i64> = rows.iter().map(|(_, n)| *n).collect();
        let parts = |shard: &Vec<(u8, i64)>| {
            let numbers: Vec<i64> = shard.iter().map(|(_, n)| *n).collect();
            (aggregate(&numbers), by_group(shard))
        };
        let mut parts: Vec<_> = shards.iter().map(parts).collect();
        let whole = (aggregate(&numbers), by_group(&rows));
        prop_assert_eq!(merge_all(parts.clone()), Ok(Some(whole.clone())), "in order");
        parts.rotate_left(rotate % shards.len());
        let second = parts.split_off(split % shards.len());
        let halves = [merge_all(parts), merge_all(second)].into_iter();
        let halves: Vec<_> = halves.filter_map(|half| half.expect("no overflow")).collect();
        prop_assert_eq!(merge_all(halves), Ok(Some(whole)), "in another order and grouping");
    }

    #[test]
    fn merging_is_associative_and_commutative(n: [i128; 3], c: [u64; 3], v: [Option<i64>; 3]) {
        laws(Count(c[0]), Count(c[1]), Count(c[2]))?;
        laws(Sum(n[0]), Sum(n[1]), Sum(n[2]))?;
        laws(Mean::of(n[0], c[0]), Mean::of(n[1], c[1]), Mean::of(n[2], c[2]))?;
        laws(Min(v[0]), Min(v[1]), Min(v[2]))?;
        laws(Max(v[0]), Max(v[1]), Max(v[2]))?;
    }

    #[test]
    fn an_overflow_is_an_error_and_never_a_number(a: i128, b: i128, m: u64, n: u64) {
        let sum = a.checked_add(b).map(Sum).ok_or(MergeError::Overflow("sum"));
        prop_assert_eq!(Sum(a).merge(Sum(b)), sum);
        let count = m.checked_add(n).map(Count).ok_or(MergeError::Overflow("count"));
        prop_assert_eq!(Count(m).merge(Count(n)), count);
        let mean = Mean::of(a, m).merge(Mean::of(b, n));
        prop_assert_eq!(mean.is_ok(), sum.is_ok() && count.is_ok());
        let (one, two) = (BTreeMap::from([(1, Sum(a))]), BTreeMap::from([(1, Sum(b))]));
        prop_assert_eq!(one.merge(two).is_ok(), sum.is_ok(), "inside a map too");
    }

    #[test]
    fn a_mean_is_of_the_rows_and_not_of_the_means(shards in vec(vec(-1000_i64..1000, 0..9), 1..5)) {
        let part = |rows: &Vec<i64>| Mean::of(rows.iter().map(|n| i128::from(*n)).sum(), rows.len() as u64);
        let merged = merge_all(shards.iter().map(part)).expect("small").expect("a shard");
        let rows = shards.concat();
        let mean = rows.iter().sum::<i64>() as f64 / rows.len() as f64;
        prop_assert_eq!(merged.value(), (!rows.is_empty()).then_some(mean));
    }

    /// The first `limit` of all rows in order; of equal ones, those of the
    /// earlier page first, and each page's in its own order.
    #[test]
    fn pages_merge_to_the_sorted_whole(pages in vec(vec(0_u8..6, 0..7), 0..6), limit in 0..30_usize) {
        let numbered = |page: &Vec<u8>| {
            let mut sorted = page.clone();
            sorted.sort_unstable();
            sorted.into_iter().enumerate().map(|(place, key)| (key, place)).collect::<Vec<_>>()
        };
        let pages: Vec<Vec<(u8, usize)>> = pages.iter().map(numbered).collect();
        let mut whole: Vec<(usize, (u8, usize))> = pages
            .iter()
            .enumerate()
            .flat_map(|(page, rows)| rows.iter().map(move |row| (page, *row)))
            .collect();
        whole.sort_by_key(|(_, (key, _))| *key);
        whole.truncate(limit);
        prop_assert_eq!(merge_pages(pages, |(key, _)| *key, limit), whole);
    }
}

#[test]
fn the_largest_count_is_exact_and_one_more_is_refused() {
    assert_eq!(Count(u64::MAX).merge(Count(0)), Ok(Count(u64::MAX)));
    let error = Count(u64::MAX).merge(Count(1)).expect_err("one too many");
    assert_eq!(error.to_string(), "the count over all shards is too large to be exact");
    assert_eq!(merge_all([Sum(i128::MAX), Sum(1), Sum(-1)]), Err(MergeError::Overflow("sum")));
}

#[test]
fn nothing_merges_to_nothing() {
    assert_eq!(merge_all(Vec::<Count>::new()), Ok(None));
    assert_eq!(Min::<i64>(None).merge(Min(None)), Ok(Min(None)));
    assert_eq!(Min(None).merge(Min(Some(3))), Ok(Min(Some(3))));
    assert_eq!(Max(Some(-3)).merge(Max(None)), Ok(Max(Some(-3))));
    assert_eq!(Mean::of(0, 0).value(), None);
    assert_eq!(merge_pages(Vec::<Vec<u8>>::new(), |n| *n, 5), []);
}
