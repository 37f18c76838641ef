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
