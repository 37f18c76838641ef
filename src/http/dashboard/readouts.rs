//! The line on top: all shards together.

use std::time::Duration;

use maud::{Markup, html};

use super::{
    figures::Figures,
    words::{number, rate, span},
};
use crate::ops::Inspection;

pub(super) fn line(figures: &[Figures], seen: &Inspection) -> Markup {
    let up = figures.iter().filter(|shard| shard.is_up()).count();
    let waiting: usize = figures.iter().map(|shard| shard.pool.pending).sum();
    let calls: Option<f64> = figures.iter().map(|shard| shard.per_second).sum();
    let slowest: Option<(Duration, _)> =
        figures.iter().filter_map(|shard| Some((shard.p99?, &shard.shard))).max();
    let tallies = seen.shards.iter().flat_map(|shard| &shard.counts);
    let rows: u64 = tallies.filter_map(|c| c.counted.tally()).map(|tally| tally.rows).sum();
    html! {
        dl.readouts {
            div { dt { "Shards up" } dd.bad[up < figures.len()] { (up) small { " of " (figures.len()) } } }
            div { dt { "Calls a second" } dd { @match calls { Some(calls) => (rate(calls)), None => "–" } } }
            div { dt { "Waiting for a turn" } dd { (waiting) } }
            div { dt { "Slowest p99" } dd {
                @match slowest {
                    Some((time, shard)) => { (span(time)) " " small { (shard) } }
                    None => "–"
                }
            } }
            div { dt { "Rows counted" } dd { (number(rows)) } }
        }
    }
}
