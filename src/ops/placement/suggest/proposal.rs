use super::{
    super::{Amount, Balance},
    Measure, Order,
    assign::assign,
    cut::Segment,
};
use crate::key::{KeyRange, KeyspaceName, ShardId};

/// Ranges that even the load out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suggestion {
    /// The keyspace.
    pub keyspace: KeyspaceName,
    /// What was evened out.
    pub by: Measure,
    /// The ranges, ascending; together they hold every whole number.
    pub ranges: Vec<Proposed>,
    /// Every shard that has rows of the keyspace or would have, before and after.
    pub balance: Vec<Balance>,
    /// What is stored altogether.
    pub stored: Amount,
    /// What would move.
    pub moving: Amount,
}

/// A range and the shard proposed for it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// The range.
    pub range: KeyRange,
    /// Its shard.
    pub shard: ShardId,
}

impl Suggestion {
    /// The ranges as the configuration takes them.
    #[must_use]
    pub fn to_toml(&self) -> String {
        let line = |Proposed { range, shard }: &Proposed| {
            let start = range.start.map(|start| format!("start = {start}, "));
            let end = range.end.map(|end| format!("end = {end}, "));
            let (start, end) = (start.unwrap_or_default(), end.unwrap_or_default());
            format!("  {{ {start}{end}shard = \"{shard}\" }},\n")
        };
        format!("ranges = [\n{}]", self.ranges.iter().map(line).collect::<String>())
    }
}

/// Names the shards of the ranges and adds up what that does.
pub(super) fn propose(
    keyspace: KeyspaceName,
    by: Measure,
    segments: Vec<Segment>,
    shards: &[ShardId],
    order: &Order,
) -> Suggestion {
    let place = |shard: &ShardId| shards.iter().position(|known| known == shard);
    let kept = |segment: usize, shard: &ShardId| {
        place(shard).map_or(0, |place| segments[segment].on[place].load.rows)
    };
    let homes = assign(segments.len(), order, kept);
    let mut before = vec![Amount::default(); shards.len()];
    let mut after = before.clone();
    let mut moving = Amount::default();
    for (segment, home) in segments.iter().zip(&homes) {
        for (place, on) in segment.on.iter().enumerate() {
            before[place] += *on;
            if shards[place] != *home {
                moving += *on;
            }
        }
        if let Some(place) = place(home) {
            after[place] += segment.all;
        }
    }
    let ends = segments.iter().skip(1).map(|next| next.start).chain([None]);
    let ranges = segments.iter().zip(ends).zip(&homes);
    let ranges = ranges.map(|((segment, end), shard)| Proposed {
        range: KeyRange { start: segment.start, end },
        shard: shard.clone(),
    });
    let balance = shards.iter().zip(before.into_iter().zip(after));
    let balance =
        balance.map(|(shard, (before, after))| Balance { shard: shard.clone(), before, after });
    let at_all = |balance: &Balance| balance.before.keys + balance.after.keys > 0;
    Suggestion {
        keyspace,
        by,
        ranges: ranges.collect(),
        balance: balance.filter(at_all).collect(),
        stored: segments.iter().map(|segment| segment.all).sum(),
        moving,
    }
}
