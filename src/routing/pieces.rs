//! The integer keys cut into pieces, each of one shard: ranges with pins laid
//! over them, in the one form that fingerprints see.

use super::Fingerprint;
use crate::key::{KeyRange, ShardId, ShardIndex};

/// Keys from the first bound to before the second. In 128 bits, so that the end
/// of a piece that holds `i64::MAX` is a number like any other.
type Piece = (i128, i128, ShardIndex);

/// Ranges, sorted and disjoint, with single keys laid over them; those are
/// sorted too, each once.
pub(super) fn overlaid(
    ranges: &[(KeyRange, ShardIndex)],
    keys: &[(i64, ShardIndex)],
) -> Vec<Piece> {
    let mut pieces = Vec::with_capacity(ranges.len() + 2 * keys.len());
    let single = |(id, shard): (i64, ShardIndex)| (i128::from(id), i128::from(id) + 1, shard);
    let mut keys = keys.iter().copied().map(single).peekable();
    for &(range, owner) in ranges {
        let mut start = i128::from(range.first());
        let end = range.end.map_or(i128::from(i64::MAX) + 1, i128::from);
        while let Some(key) = keys.next_if(|(id, ..)| *id < end) {
            if start < key.0 {
                pieces.push((start, key.0, owner));
            }
            pieces.push(key);
            start = start.max(key.1);
        }
        if start < end {
            pieces.push((start, end, owner));
        }
    }
    pieces.extend(keys);
    pieces
}

/// Touching pieces of one shard are one piece: splitting them moves no key.
pub(super) fn fingerprint(shards: &[ShardId], pieces: &[Piece]) -> Fingerprint {
    let mut merged: Vec<Piece> = Vec::new();
    for &(start, end, shard) in pieces {
        match merged.last_mut() {
            Some(last) if last.2 == shard && last.1 == start => last.1 = end,
            _ => merged.push((start, end, shard)),
        }
    }
    let mut builder = Fingerprint::builder("range");
    for (start, end, shard) in merged {
        builder
            .field(&start.to_be_bytes())
            .field(&end.to_be_bytes())
            .field(shards[shard.get()].as_str().as_bytes());
    }
    builder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(shard: u16) -> ShardIndex {
        ShardIndex::new(shard)
    }

    #[test]
    fn keys_cut_ranges_and_fill_gaps() {
        let ranges = [
            (KeyRange { start: Some(0), end: Some(3) }, at(0)),
            (KeyRange { start: Some(5), end: None }, at(1)),
        ];
        let keys = [-7, 0, 2, 4, 9].map(|id| (id, at(2)));
        let top = i128::from(i64::MAX) + 1;
        let pieces = [
            (-7, -6, at(2)),
            (0, 1, at(2)),
            (1, 2, at(0)),
            (2, 3, at(2)),
            (4, 5, at(2)),
            (5, 9, at(1)),
            (9, 10, at(2)),
            (10, top, at(1)),
        ];
        assert_eq!(overlaid(&ranges, &keys), pieces);
    }

    #[test]
    fn the_largest_and_the_smallest_key_can_be_cut_off() {
        let all = [(KeyRange { start: None, end: None }, at(0))];
        let keys = [(i64::MIN, at(1)), (i64::MAX, at(1))];
        let (low, high) = (i128::from(i64::MIN), i128::from(i64::MAX));
        let pieces = [(low, low + 1, at(1)), (low + 1, high, at(0)), (high, high + 1, at(1))];
        assert_eq!(overlaid(&all, &keys), pieces);
    }
}
