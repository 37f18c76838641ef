//! The live part: what is up, what is busy, how fast it answers.

use chrono::{DateTime, Utc};
use maud::{Markup, html};

use super::{
    figures::{Figures, State},
    words::{colour, moment, rate, span},
};
use crate::shard::{BreakerState, PoolState};

/// The table of the shards.
pub(super) fn table(figures: &[Figures], now: DateTime<Utc>) -> Markup {
    html! {
        table.shards {
            caption { "p50 and p99 of the last minute, waiting included; calls a second over ten seconds" }
            thead { tr {
                th scope="col" { "Shard" }
                th scope="col" { "State" }
                th scope="col" { "Pool" }
                th.n scope="col" { "p50" }
                th.n scope="col" { "p99" }
                th.n scope="col" { "Calls/s" }
            } }
            tbody { @for (place, shard) in figures.iter().enumerate() { (row(place, shard, now)) } }
        }
    }
}

fn row(place: usize, shard: &Figures, now: DateTime<Utc>) -> Markup {
    let word = shard.state.word();
    let time = |time: Option<_>| time.map_or_else(|| "–".to_owned(), span);
    html! {
        tr.(word) id={ "shard-" (place) } {
            th scope="row" { i.(colour(place)) {} (shard.shard) }
            td {
                b.(word) { (word) }
                @if let State::Down(why) | State::Refused(why) = &shard.state {
                    " " (why) ", since " (moment(shard.since, now))
                }
                " " (breaker(shard.pool.breaker))
            }
            td.load { (pool(&shard.pool)) }
            td.n { (time(shard.p50)) }
            td.n { (time(shard.p99)) }
            @match shard.per_second {
                Some(per_second) => td.n data-rate=(format!("{per_second:.1}")) { (rate(per_second)) },
                None => td.n { "–" },
            }
        }
    }
}

fn breaker(state: BreakerState) -> Markup {
    match state {
        BreakerState::Closed => html! { small.calm { "breaker " (state) } },
        BreakerState::Open | BreakerState::HalfOpen => {
            html! { small { "breaker " strong { (state) } } }
        }
    }
}

/// A bar as wide as the pool may get, with the same in words; a phone shows the fewest of them.
fn pool(pool: &PoolState) -> Markup {
    let busy = pool.size.saturating_sub(pool.idle);
    let wide = |connections: u32| 88 * connections / pool.max_size.max(1);
    html! {
        svg.pool viewBox="0 0 88 8" preserveAspectRatio="none" {
            @if pool.size > 0 { rect width=(wide(pool.size)) {} }
            @if busy > 0 { rect.busy width=(wide(busy)) {} }
        }
        (busy) span { " used, " (pool.idle) " idle" } " of " (pool.max_size)
        @if pool.pending > 0 { " " strong { (pool.pending) " waiting" } }
    }
}
