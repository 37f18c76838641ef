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
            caption.quiet { "p50 and p99 of the last minute, waiting included; calls a second over ten seconds" }
            thead { tr {
                th scope="col" { "Shard" }
                th scope="col" { "State" }
                th scope="col" { "Pool " span.unit { "in use, free of most" } }
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
            th scope="row" { i.key.(colour(place)) {} (shard.shard) " " span.unit { (shard.backend) } }
            td {
                b.mark.(word) { (word) }
                @if let State::Down(why) | State::Refused(why) = &shard.state { " " (why) }
                span.unit {
                    @if !shard.is_up() { " since " (moment(shard.since, now)) }
                    " breaker " (breaker(shard.pool.breaker))
                }
            }
            td { (pool(&shard.pool)) }
            td.n { (time(shard.p50)) }
            td.n { (time(shard.p99)) }
            td.n { (rate(shard.per_second)) svg.spark data-rate=(format!("{:.1}", shard.per_second)) viewBox="0 0 60 16" aria-hidden="true" {} }
        }
    }
}

fn breaker(state: BreakerState) -> Markup {
    match state {
        BreakerState::Closed => html! { (state) },
        BreakerState::Open | BreakerState::HalfOpen => html! { strong { (state) } },
    }
}

/// A bar as wide as the pool may get, with the same in words.
fn pool(pool: &PoolState) -> Markup {
    let busy = pool.size.saturating_sub(pool.idle);
    html! {
        svg.pool viewBox={ "0 0 " (pool.max_size) " 1" } preserveAspectRatio="none" aria-hidden="true" {
            rect.idle width=(pool.size) height="1" {}
            rect.busy width=(busy) height="1" {}
        }
        " " (busy) "\u{a0}used, " (pool.idle) "\u{a0}free of\u{a0}" (pool.max_size)
        @if pool.pending > 0 { " " strong { (pool.pending) " waiting" } }
    }
}
