//! Ranges as a picture: a line from the lowest key to the highest, cut where the rule
//! cuts it. Not to scale: keys reach over 2⁶⁴, and bounds are what matters.

use maud::{Markup, html};

use super::words::{colour, counted};
use crate::{
    cluster::ShardedDb,
    key::{KeyRange, ShardIndex},
    routing::RangeRouter,
};

/// How many pieces are drawn.
const MOST: usize = 24;
/// A piece's height, and a pixel between it and the next.
const HIGH: usize = 26;

/// One piece of the line; of no shard, a gap.
#[derive(Debug, PartialEq)]
struct Piece {
    range: KeyRange,
    shard: Option<ShardIndex>,
}

/// The line, and the key on it that was asked for.
pub(super) fn picture(rule: &RangeRouter, db: &ShardedDb, key: Option<i64>) -> Markup {
    let all = pieces(rule.ranges());
    let drawn = &all[..all.len().min(MOST)];
    let high = drawn.len() * HIGH + 24;
    let longest = drawn.iter().flat_map(|piece| [piece.range.start, piece.range.end]).flatten();
    let longest = longest.map(|at| at.to_string().len()).max().unwrap_or(0);
    // As wide as "highest" at least.
    let x = 12 + 7 * longest.max(6);
    html! {
        svg.ladder viewBox={ "0 0 300 " (high) } width="300" height=(high) role="img"
            aria-label={ (counted(all.len(), "range", "ranges")) " of keys in ascending order" } {
            @for (i, piece) in drawn.iter().enumerate() {
                @let y = 12 + i * HIGH;
                text.bound x=(x) y=(y + 4) { (bound(piece.range.start, "lowest")) }
                @match piece.shard {
                    Some(shard) => {
                        rect.(colour(shard.get())) data-s=(shard.get()) x=(x + 8) y=(y) {}
                        text x=(x + 32) y=(y + 17) { (db.shards()[shard.get()].id()) }
                    }
                    None => {
                        rect.gap x=(x + 8) y=(y) {}
                        text.under x=(x + 32) y=(y + 17) { "no shard" }
                    }
                }
                @if key.is_some_and(|key| piece.range.contains(key)) {
                    path.needle d={ "M" (x + 6) " " (y + 13) "l-9 -5v10z" } {}
                }
            }
            @if let Some(last) = drawn.last() {
                text.bound x=(x) y=(12 + drawn.len() * HIGH + 4) { (bound(last.range.end, "highest")) }
            }
        }
        @if all.len() > drawn.len() {
            p.quiet { "and " (counted(all.len() - drawn.len(), "more range", "more ranges")) }
        }
    }
}

fn bound(at: Option<i64>, open: &str) -> String {
    at.map_or_else(|| open.to_owned(), |at| at.to_string())
}

/// The ranges with the gaps between them.
fn pieces(ranges: &[(KeyRange, ShardIndex)]) -> Vec<Piece> {
    let mut pieces = Vec::new();
    // Up to where keys have a place; nothing once they have up to the last.
    let mut reached = Some(None);
    for (range, shard) in ranges {
        if let Some(start) = reached
            && start != range.start
        {
            pieces.push(Piece { range: KeyRange { start, end: range.start }, shard: None });
        }
        pieces.push(Piece { range: *range, shard: Some(*shard) });
        reached = range.end.map(Some);
    }
    if let Some(start) = reached {
        pieces.push(Piece { range: KeyRange { start, end: None }, shard: None });
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(ranges: &[(Option<i64>, Option<i64>)]) -> Vec<String> {
        let ranges: Vec<_> = ranges
            .iter()
            .map(|&(start, end)| (KeyRange { start, end }, ShardIndex::new(0)))
            .collect();
        let shown = |piece: &Piece| {
            format!("{}{}", piece.range, if piece.shard.is_none() { " gap" } else { "" })
        };
        pieces(&ranges).iter().map(shown).collect()
    }

    #[test]
    fn gaps_are_pieces_too() {
        assert_eq!(cut(&[(None, Some(5)), (Some(5), None)]), ["..5", "5.."]);
        assert_eq!(
            cut(&[(Some(0), Some(5)), (Some(9), Some(12))]),
            ["..0 gap", "0..5", "5..9 gap", "9..12", "12.. gap"]
        );
        assert_eq!(cut(&[(None, None)]), [".."]);
    }
}
