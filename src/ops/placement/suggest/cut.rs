use super::{
    super::{Amount, Load},
    Measure,
};

/// By what part of a share a range may be smaller than its share for the sake of
/// a boundary that stands already.
const SLACK: u64 = 50;

/// One range in the making and what its keys have now, shard by shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Segment {
    /// Its first key; none for the lowest, which reaches down to all others.
    pub(super) start: Option<i64>,
    /// What of it is on each shard now.
    pub(super) on: Vec<Amount>,
    /// All of it, a key on two shards counted once.
    pub(super) all: Amount,
}

/// Cuts ascending keys into so many ranges of equal weight, each with a key at least.
pub(super) struct Cutter {
    by: Measure,
    /// What no range has had yet.
    weight_left: u64,
    keys_left: u64,
    ranges_left: u64,
    present: Vec<i64>,
    last: Option<i64>,
    done: Vec<Segment>,
    open: Segment,
}

impl Cutter {
    pub(super) fn new(
        stored: Amount,
        ranges: usize,
        shards: usize,
        by: Measure,
        present: Vec<i64>,
    ) -> Self {
        Self {
            by,
            weight_left: by.of(stored),
            keys_left: stored.keys,
            ranges_left: ranges as u64,
            present,
            last: None,
            done: Vec::new(),
            open: Segment::new(None, shards),
        }
    }

    /// The next key.
    pub(super) fn key(&mut self, id: i64, at: &[(usize, Load)]) {
        let all = Amount::one(at.iter().map(|(_, load)| *load).sum());
        if let Some(start) = self.boundary(id, self.by.of(all)) {
            self.weight_left = self.weight_left.saturating_sub(self.by.of(self.open.all));
            self.ranges_left -= 1;
            let next = Segment::new(Some(start), self.open.on.len());
            self.done.push(std::mem::replace(&mut self.open, next));
        }
        self.open.all += all;
        for (place, load) in at {
            self.open.on[*place] += Amount::one(*load);
        }
        self.keys_left = self.keys_left.saturating_sub(1);
        self.last = Some(id);
    }

    /// Where the next range begins, if it begins with this key.
    fn boundary(&self, id: i64, weight: u64) -> Option<i64> {
        let last = self.last?;
        if self.ranges_left <= 1 || self.open.all.keys == 0 {
            return None;
        }
        let standing = self.standing(last, id);
        let has = self.by.of(self.open.all);
        let share = self.weight_left / self.ranges_left;
        let over = (has + weight).saturating_sub(share);
        let under = share.saturating_sub(has);
        // Each range to come needs a key of its own.
        let must = self.keys_left < self.ranges_left;
        let close = standing.is_some() && under <= share / SLACK;
        (must || over > under || close).then(|| standing.unwrap_or(id))
    }

    /// A present boundary after the last key, up to and with this one.
    fn standing(&self, last: i64, id: i64) -> Option<i64> {
        let at = self.present.partition_point(|bound| *bound <= last);
        self.present.get(at).copied().filter(|bound| *bound <= id)
    }

    /// The ranges, ascending.
    pub(super) fn finish(mut self) -> Vec<Segment> {
        if self.open.all.keys > 0 {
            self.done.push(self.open);
        }
        self.done
    }
}

impl Segment {
    fn new(start: Option<i64>, shards: usize) -> Self {
        Self { start, on: vec![Amount::default(); shards], all: Amount::default() }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Cuts keys of these rows, all on one shard, and says what each range got.
    fn cut(rows: &[u64], ranges: usize, present: Vec<i64>) -> (Vec<u64>, Vec<Option<i64>>) {
        let load = |rows| Load { rows, bytes: 0 };
        let stored = rows.iter().map(|rows| Amount::one(load(*rows))).sum();
        let mut cutter = Cutter::new(stored, ranges, 1, Measure::Rows, present);
        for (id, rows) in (0..).zip(rows) {
            cutter.key(id * 10, &[(0, load(*rows))]);
        }
        let segments = cutter.finish();
        let starts = segments.iter().map(|segment| segment.start).collect();
        (segments.iter().map(|segment| segment.all.load.rows).collect(), starts)
    }

    #[test]
    fn a_hot_key_has_a_range_to_itself_and_the_others_share_the_rest() {
        assert_eq!(cut(&[25, 25, 100, 25, 25], 3, vec![]).0, [50, 100, 50]);
        assert_eq!(cut(&[1000, 1, 1, 1], 3, vec![]).0, [1000, 1, 2]);
        assert_eq!(cut(&[1, 1, 1, 1000], 3, vec![]).0, [2, 1, 1000]);
        assert_eq!(cut(&[0, 0, 0], 3, vec![]).0, [0, 0, 0]);
    }

    #[test]
    fn a_boundary_that_stands_is_kept_where_it_does_as_well() {
        assert_eq!(cut(&[1; 4], 2, vec![]).1, [None, Some(20)]);
        assert_eq!(cut(&[1; 4], 2, vec![15]).1, [None, Some(15)]);
        assert_eq!(cut(&[1; 4], 2, vec![20]).1, [None, Some(20)]);
        assert_eq!(cut(&[1; 4], 2, vec![10, 21]).1, [None, Some(20)]);
        assert_eq!(cut(&[1; 200], 2, vec![985]).1[1], Some(985), "99 of 100 is near enough");
        assert_eq!(cut(&[1; 200], 2, vec![905]).1[1], Some(1000), "91 is not");
    }

    proptest! {
        #[test]
        fn every_range_is_legal_and_even_ones_come_of_even_keys(
            rows in prop::collection::vec(0_u64..50, 1..200), ranges in 1_usize..9,
            present in prop::collection::btree_set(-50_i64..2050, 0..6),
        ) {
            prop_assume!(rows.len() >= ranges);
            let (shares, starts) = cut(&rows, ranges, present.into_iter().collect());
            prop_assert_eq!(shares.len(), ranges);
            prop_assert_eq!(shares.iter().sum::<u64>(), rows.iter().sum::<u64>());
            prop_assert!(starts.is_sorted_by(|a, b| a < b), "{:?}", starts);
            prop_assert_eq!(starts[0], None);
            let mean = rows.iter().sum::<u64>() / ranges as u64;
            let most = shares.iter().max().copied().unwrap_or(0);
            let slack = mean / SLACK * ranges as u64;
            prop_assert!(most <= mean + 50 * ranges as u64 + slack, "{:?}", shares);
        }

        #[test]
        fn with_many_light_keys_no_share_is_a_few_percent_above_the_mean(
            rows in prop::collection::vec(1_u64..4, 2000..2500), ranges in 2_usize..6,
        ) {
            let (shares, _) = cut(&rows, ranges, vec![]);
            let mean = rows.iter().sum::<u64>() / ranges as u64;
            prop_assert!(shares.iter().all(|share| share.abs_diff(mean) <= mean / 50), "{:?}", shares);
        }
    }
}
