//! A ring as a picture: a lane for each shard, so that arcs are told apart by where they
//! are and not by their colour alone. Where there are too many shards for that, several
//! share a lane, and pointing at one in the table shows its arcs alone.

use std::f64::consts::TAU;

use maud::{Markup, html};

use super::words::{colour, number};
use crate::{
    key::ShardIndex,
    routing::{ConsistentHashRouter, Router},
};

/// Into how many parts the circle is cut for drawing: about half a pixel each.
const STEPS: usize = 1440;
/// The same where there are many lanes, and each has few of them.
const STEPS_OF_MANY: usize = 720;
/// More shards than this are many.
const MANY: usize = 8;
/// How many lanes those share.
const LANES_OF_MANY: usize = 5;
const MIDDLE: f64 = 120.0;
const OUTER: f64 = 114.0;
const INNER: f64 = 46.0;

/// The ring, and where on it the key lies that was asked for.
pub(super) fn picture(ring: &ConsistentHashRouter, key: Option<u128>) -> Markup {
    let shards = ring.shards();
    let (steps, lanes) = match shards.len() {
        many if many > MANY => (STEPS_OF_MANY, LANES_OF_MANY),
        few => (STEPS, few),
    };
    let owners = sample(ring, steps);
    let width = (OUTER - INNER) / lanes as f64;
    let points: usize = ring.shares().iter().map(|share| share.points).sum();
    html! {
        svg.ring viewBox="0 0 240 240" width="240" height="240" role="img"
            aria-label={ "Ring of " (number(points as u64)) " points; each shard's share is in the table" } {
            g.lanes stroke-width=(format!("{:.2}", width * 0.86)) transform="rotate(-90 120 120)" {
                @for (i, shard) in shards.iter().enumerate() {
                    circle.(colour(shard.get())) data-s=(shard.get()) cx="120" cy="120"
                        r=(format!("{:.1}", OUTER - ((i % lanes) as f64 + 0.5) * width))
                        pathLength=(steps) stroke-dasharray=(dashes(&owners, *shard)) {}
                }
            }
            @if let Some(hash) = key { (needle(hash)) }
            text.middle x="120" y="119" { (number(points as u64)) }
            text.under x="120" y="134" { "points" }
        }
    }
}

/// Whose the middle of each part is.
fn sample(ring: &ConsistentHashRouter, steps: usize) -> Vec<ShardIndex> {
    let step = u128::MAX / steps as u128;
    (0..steps as u128).map(|i| ring.owner_at(i * step + step / 2)).collect()
}

/// Lengths drawn and left out in turn, beginning with one that is drawn.
fn dashes(owners: &[ShardIndex], shard: ShardIndex) -> String {
    let mut runs = vec![0_usize];
    let mut drawn = true;
    for owner in owners {
        if (*owner == shard) != drawn {
            drawn = !drawn;
            runs.push(0);
        }
        if let Some(run) = runs.last_mut() {
            *run += 1;
        }
    }
    if runs.len() % 2 == 1 {
        runs.push(0);
    }
    runs.iter().map(usize::to_string).collect::<Vec<_>>().join(" ")
}

fn needle(hash: u128) -> Markup {
    let angle = hash as f64 / 2_f64.powi(128) * TAU;
    let at = |radius: f64| (MIDDLE + radius * angle.sin(), MIDDLE - radius * angle.cos());
    let ((x1, y1), (x2, y2)) = (at(INNER - 4.0), at(OUTER + 2.0));
    html! {
        line.needle x1=(format!("{x1:.1}")) y1=(format!("{y1:.1}")) x2=(format!("{x2:.1}")) y2=(format!("{y2:.1}")) {}
        circle.needle cx=(format!("{x2:.1}")) cy=(format!("{y2:.1}")) r="3.5" {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_begin_with_what_is_drawn_and_cover_the_circle() {
        let owners = [1, 1, 0, 1, 0, 0].map(ShardIndex::new);
        let of = |shard| dashes(&owners, ShardIndex::new(shard));
        assert_eq!([of(0), of(1), of(2)], ["0 2 1 1 2 0", "2 1 1 2", "0 6"]);
    }
}
