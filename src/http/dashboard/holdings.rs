//! What each shard has of a keyspace: by the rule, and in its tables.

use maud::{Markup, html};

use super::words::{colour, number, percent};
use crate::{
    cluster::{Keyspace, ShardedDb},
    key::ShardIndex,
    ops::{Count, Counted, Inspection, Tally},
    routing::{RingShare, Shape},
};

/// The table of a keyspace's shards.
pub(super) fn table(keyspace: &Keyspace, db: &ShardedDb, seen: &Inspection) -> Markup {
    let counts: Vec<Option<&Count>> =
        seen.shards.iter().map(|shard| shard.count(&keyspace.name)).collect();
    let tallies = counts.iter().flatten().filter_map(|count| count.counted.tally());
    let all: u64 = tallies.map(|tally| tally.keys).sum();
    let shares = match keyspace.router.shape() {
        Shape::Ring(ring) => Some(ring.shares()),
        _ => None,
    };
    html! {
        table.holdings {
            thead { tr {
                th scope="col" { "Shard" }
                @if shares.is_some() { th.n scope="col" { "Share of ring" } }
                th.n scope="col" { "Keys" }
                th.n scope="col" { "of all" }
                th.n scope="col" { "Rows" }
            } }
            tbody {
                @for place in places(keyspace, &counts) {
                    tr data-s=(place) {
                        th scope="row" {
                            i.(colour(place)) {} (db.shards()[place].id())
                        }
                        @if let Some(shares) = &shares { td.n { (share(shares, place)) } }
                        (held(counts[place], all))
                    }
                }
            }
        }
    }
}

/// Where the rule puts keys, and where there are some all the same.
fn places(keyspace: &Keyspace, counts: &[Option<&Count>]) -> Vec<usize> {
    let holds = |count: &Option<&Count>| {
        count.and_then(|count| count.counted.tally()).is_some_and(|tally| tally.rows > 0)
    };
    let ruled = |place: usize| keyspace.router.shards().iter().any(|shard| shard.get() == place);
    let places = counts.iter().enumerate().filter(|(place, count)| ruled(*place) || holds(count));
    places.map(|(place, _)| place).collect()
}

fn share(shares: &[RingShare], place: usize) -> Markup {
    let own = |share: &&RingShare| share.shard == ShardIndex::new(place as u16);
    let fraction = shares.iter().find(own).map_or(0.0, |share| share.fraction);
    let most = shares.iter().map(|share| share.fraction).fold(0.0, f64::max);
    let long = format!("{:.1}", 48.0 * fraction / most);
    html! {
        svg.share.(colour(place)) viewBox="0 0 48 8" { rect width=(long) {} }
        (percent(fraction))
    }
}

fn held(count: Option<&Count>, all: u64) -> Markup {
    let uncounted = |why: &str| html! { td.n colspan="3" { small { (why) } } };
    match count.map(|count| count.counted) {
        None => uncounted("not counted yet"),
        Some(Counted::Exactly(Tally { keys, rows })) => html! {
            td.n { (number(keys)) }
            td.n { @if all > 0 { (percent(keys as f64 / all as f64)) } @else { "–" } }
            td.n { (number(rows)) }
        },
        Some(Counted::TooMany) => uncounted("too many rows to count in passing"),
        Some(Counted::TooSlow) => uncounted("not counted: takes too long"),
        Some(Counted::Failed) => uncounted("not counted: no such table"),
    }
}
