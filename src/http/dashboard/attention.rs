//! What someone should look into, in words, with what to do.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    figures::{Figures, State},
    words::{counted, moment},
};
use crate::{
    ops::{
        Found, Inspected, Inspection,
        migrate::{Difference, Drifted},
    },
    shard::{BreakerState, Trouble},
};

/// How many objects that differ are named.
const NAMED: usize = 4;

/// The list; one line if there is nothing on it.
pub(super) fn list(figures: &[Figures], seen: &Inspection, now: DateTime<Utc>) -> Markup {
    let states = figures.iter().filter_map(|shard| state(shard, now));
    let holdings = seen.shards.iter().flat_map(|shard| holding(shard, now));
    let drifts = seen.drifted.iter().map(drift);
    let items: Vec<Markup> = states.chain(holdings).chain(drifts).collect();
    html! {
        @if items.is_empty() {
            p.calm { b.up { "well" } " Every shard is up, and nothing found on them needs anyone." }
        } @else {
            ul.trouble { @for item in &items { li { (item) } } }
        }
    }
}

fn state(shard: &Figures, now: DateTime<Utc>) -> Option<Markup> {
    let name = &shard.shard;
    let item = match &shard.state {
        State::Up if shard.pool.breaker == BreakerState::Closed => return None,
        State::Up => html! {
            b.refused { "breaker" } " " strong { (name) } " has its breaker "
            (shard.pool.breaker) ": calls to it are answered 503 until one gets through."
        },
        State::Down(why) => html! {
            b.down { "down" } " " strong { (name) } " is down since "
            (moment(shard.since, now)) ": " (why) ". Calls to it are answered 503; it is taken \
            back by itself once it answers."
            @if why == Trouble::Missing.reason() {
                " Nothing is made in the file's place: put it back where "
                code { "sharding.shards." (name) ".url" } " says."
            }
            @if why == Trouble::Replaced.reason() { " The log says what is in the way." }
        },
        State::Refused(why) => html! {
            b.refused { "refused" } " " strong { (name) } " answers and is not served from, since "
            (moment(shard.since, now)) ": " (why) "."
        },
    };
    Some(item)
}

fn holding(shard: &Inspected, now: DateTime<Utc>) -> Vec<Markup> {
    let name = &shard.shard;
    let mut items = Vec::new();
    if let (Some(why), Some(found)) = (shard.trouble, &shard.found) {
        items.push(html! {
            b.quiet { "old" } " " strong { (name) } " could not be looked at (" (why)
            "): what it holds is shown as it was at " (moment(found.at, now)) "."
        });
    }
    // What a file said that is there no more says nothing of what is to be done.
    let gone = [Trouble::Missing, Trouble::Replaced].map(|trouble| Some(trouble.reason()));
    let is_there = !gone.contains(&shard.trouble);
    if let Some(found) = shard.found.as_ref().filter(|_| is_there) {
        items.extend(identity(found));
        items.extend(pending(shard, found));
    }
    items
}

fn identity(found: &Found) -> Option<Markup> {
    let error = found.identity.as_ref()?;
    Some(html! { b.refused { "identity" } " " (error) "." })
}

fn pending(shard: &Inspected, found: &Found) -> Option<Markup> {
    let pending = found.status.pending().count();
    let first = found.status.pending().next()?;
    Some(html! {
        b.refused { "pending" } " " strong { (shard.shard) } " lacks "
        (counted(pending, "migration", "migrations")) ", first " (first.name)
        ": run " code { "shardwright migration run" } "."
    })
}

fn drift(drifted: &Drifted) -> Markup {
    let named: Vec<String> = drifted.differences.iter().take(NAMED).map(difference).collect();
    let more = drifted.differences.len() - named.len();
    html! {
        b.refused { "drift" } " " strong { (drifted.shard) } " differs from "
        (drifted.reference) ": " (named.join("; "))
        @if more > 0 { "; and " (counted(more, "object", "objects")) " more" }
        ". " code { "shardwright migration list" } " shows the definitions."
    }
}

/// Which object and how, without its definition: that is SQL.
pub(super) fn difference(difference: &Difference) -> String {
    match difference {
        Difference::Missing(object) => format!("{object} is missing"),
        Difference::Extra(object) => format!("{object} is extra"),
        Difference::Changed { here, .. } => format!("{here} is defined otherwise"),
        Difference::Invalid(object) => format!("{object} is invalid"),
    }
}
