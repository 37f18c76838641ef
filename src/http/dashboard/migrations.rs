//! Which shard has which migration.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::words::{counted, number};
use crate::ops::{
    Inspected, Inspection,
    migrate::{Known, Status},
};

/// With more shards than this they are not columns of a table any more.
const COLUMNS: usize = 8;
/// How many migrations are shown that every shard has.
const NEWEST: usize = 10;

/// The table; how it looks depends on how many shards there are.
pub(super) fn table(seen: &Inspection) -> Markup {
    let known: BTreeSet<&Known> = statuses(seen).flat_map(|(_, status)| &status.known).collect();
    let mut shown: Vec<&Known> = known.into_iter().rev().collect();
    let all = shown.len();
    let mut room = NEWEST;
    shown.retain(|known| {
        let complete = seen.shards.iter().all(|shard| has(shard, known) == Some(true));
        room = room.saturating_sub(usize::from(complete));
        !complete || room > 0
    });
    let hidden = all - shown.len();
    html! {
        @if all == 0 {
            p.quiet { "No shard has been looked at yet." }
        } @else if seen.shards.len() <= COLUMNS {
            div.scroll { (matrix(seen, &shown)) }
        } @else {
            div.scroll { (summary(seen, &shown)) }
        }
        @if hidden > 0 { p.quiet { "and " (counted(hidden, "earlier one", "earlier ones")) ", on every shard" } }
        @for (shard, status) in statuses(seen) {
            @for applied in status.ahead() {
                p.quiet { strong { (shard.shard) } " is ahead of this program: it has " code { (applied.version) } "." }
            }
        }
    }
}

fn statuses(seen: &Inspection) -> impl Iterator<Item = (&Inspected, &Status)> {
    seen.shards.iter().filter_map(|shard| Some((shard, &shard.found.as_ref()?.status)))
}

fn has(shard: &Inspected, known: &Known) -> Option<bool> {
    Some(shard.found.as_ref()?.status.applied(&known.version).is_some())
}

fn when(shard: &Inspected, known: &Known) -> Option<DateTime<Utc>> {
    Some(shard.found.as_ref()?.status.applied(&known.version)?.run_on.and_utc())
}

fn matrix(seen: &Inspection, shown: &[&Known]) -> Markup {
    html! {
        table.matrix {
            thead { tr {
                th scope="col" { "Migration" }
                @for shard in &seen.shards { th scope="col" { (shard.shard) } }
            } }
            tbody { @for known in shown { tr {
                th scope="row" { code { (known.name) } }
                @for shard in &seen.shards { td { (cell(shard, known)) } }
            } } }
        }
    }
}

fn cell(shard: &Inspected, known: &Known) -> Markup {
    html! {
        @match (has(shard, known), when(shard, known)) {
            (None, _) => small { "unknown" },
            (_, Some(at)) => (at.format("%Y-%m-%d %H:%M")),
            (_, None) => b.refused { "pending" },
        }
    }
}

fn summary(seen: &Inspection, shown: &[&Known]) -> Markup {
    let named = |wanted: Option<bool>, known: &Known| {
        let those = seen.shards.iter().filter(|shard| has(shard, known) == wanted);
        those.map(|shard| shard.shard.as_str()).collect::<Vec<_>>().join(", ")
    };
    html! {
        table.matrix {
            thead { tr {
                th scope="col" { "Migration" } th.n scope="col" { "Shards" }
                th scope="col" { "First and last run" } th scope="col" { "Not on" }
            } }
            tbody { @for known in shown {
                @let times: BTreeSet<_> = seen.shards.iter().filter_map(|shard| when(shard, known)).collect();
                @let (pending, unknown) = (named(Some(false), known), named(None, known));
                @let done = seen.shards.iter().filter(|shard| has(shard, known) == Some(true)).count();
                tr {
                    th scope="row" { code { (known.name) } }
                    td.n { (number(done as u64)) " of " (seen.shards.len()) }
                    td { @if let (Some(first), Some(last)) = (times.first(), times.last()) {
                        (first.format("%Y-%m-%d %H:%M")) " – " (last.format("%Y-%m-%d %H:%M"))
                    } }
                    td {
                        @if !pending.is_empty() { b.refused { "pending" } " " (pending) " " }
                        @if !unknown.is_empty() { small { "unknown: " (unknown) } }
                    }
                }
            } }
        }
    }
}
