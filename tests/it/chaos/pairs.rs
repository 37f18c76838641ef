//! How much slower the neighbours are for the fault: the same load without and with it, in turn.

use std::fmt::Write;

use super::run::{Episode, Inflicted};
use super::stage::Stage;
use super::summary::{Latencies, tell};
use super::{VICTIM, process};
use crate::support::load::Record;

/// The contract's bound on the median over the pairs of p99 with the fault / p99 without.
const MOST: f64 = 1.25;

impl Stage {
    /// Compares as often as the settings say, which in the ordinary suite is never. Gives what is
    /// wrong with the result.
    pub(super) fn compare(&mut self, fault: impl Fn(&mut Episode<'_>)) -> Option<String> {
        let mut table = format!("{}: p99 of the neighbours, ms\n", self.name);
        let mut ratios = Vec::new();
        for pair in 1..=self.settings.pairs {
            let calm = self.calm(pair == 1);
            let hit = self.hit(&fault);
            let ms = |l: &Latencies| l.percentile(99).as_secs_f64() * 1000.0;
            let ratio = ms(&hit) / ms(&calm);
            let (n, a, b) = (calm.len().min(hit.len()), ms(&calm), ms(&hit));
            writeln!(table, "  {pair}: without {a:7.1}  with {b:7.1}  ratio {ratio:5.2}  (n {n})")
                .expect("a String takes all");
            ratios.push(ratio);
        }
        ratios.sort_by(f64::total_cmp);
        let median = *ratios.get(ratios.len() / 2)?;
        self.ratio = Some(median);
        writeln!(table, "  median ratio {median:.2}").expect("a String takes all");
        tell(&self.settings, &table);
        (median > MOST).then(|| format!("neighbours slower than {MOST} times:\n{table}"))
    }

    /// The load without the fault, and all else as with it; the `first` is the longest there is
    /// before any fault, and so the best measure of what memory the service needs.
    fn calm(&mut self, first: bool) -> Latencies {
        let mut memory = self.warm.memory;
        let latencies = self.hit(|episode| {
            episode.endure();
            if first {
                memory = process::memory(episode.stage().service().pid());
            }
        });
        self.warm.memory = memory;
        latencies
    }

    fn hit(&mut self, fault: impl FnOnce(&mut Episode<'_>)) -> Latencies {
        let Inflicted { load, began, lifted, .. } = self.inflict(fault);
        // The next part must not begin with the end of this one.
        Stage::served_again(&load, lifted);
        let (recording, ledger) = load.stop();
        self.ledger.merge(ledger);
        let during = |r: &Record| r.shard != VICTIM && r.sent >= began && r.sent < lifted;
        Latencies::of(&recording.of(during))
    }
}
