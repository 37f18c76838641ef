//! What a run must have shown.

use std::time::Instant;

use serde_json::json;

use super::run::Run;
use super::stage::Stage;
use super::summary::{Latencies, details, row, tell};
use super::{DEADLINE, SHARDS, VICTIM};
use crate::support::load::Record;

/// How many of many complaints of a kind are told.
pub(super) const TOLD: usize = 3;

/// Everything that is wrong with a run, told at once by [`end`](Self::end).
#[must_use = "a verdict that is not spoken fails no test"]
pub(super) struct Verdict<'a> {
    pub(super) stage: &'a Stage,
    pub(super) run: &'a Run,
    complaints: Vec<String>,
}

impl<'a> Verdict<'a> {
    /// The verdict on what every fault must leave whole: the neighbours, the form of the answers,
    /// the data, and what the service holds.
    pub(super) fn on(stage: &'a Stage, run: &'a Run) -> Verdict<'a> {
        let mut verdict = Verdict { stage, run, complaints: Vec::new() };
        verdict.neighbours_unharmed();
        verdict.own_keys_answered_in_time();
        verdict.back_in_time();
        verdict.health_told_in_time();
        verdict.nothing_leaked();
        verdict.ledger_agrees();
        verdict
    }

    /// From some time on, nothing on the shard succeeds.
    pub(super) fn shard_gone(mut self) -> Self {
        let lifted = self.run.lifted;
        // What was under way when the fault ended may well have been served; and with one
        // table locked, another can still tell that a key has been used.
        let done = |r: &Record| r.served() && !matches!(r.status(), Some(400..));
        let served = |r: &Record| done(r) && r.done() < lifted;
        let served: Vec<_> = self.late().into_iter().filter(served).collect();
        self.each("served by a shard that was gone", &served);
        self
    }

    /// Once the service knows, it says so at once, and hardly anybody waits again.
    pub(super) fn failures_quick(mut self) -> Self {
        let late = Latencies::of(&self.late());
        let (quick, long) = (self.stage.settings.quick, DEADLINE / 2);
        self.check(late.percentile(50) < quick && late.percentile(95) < long, || {
            format!("late in the fault half must take below {quick:?}, 95 % below {long:?}: {late}")
        });
        self
    }

    /// The health page knows that the shard, and it alone, is gone.
    pub(super) fn health_knows(mut self) -> Self {
        let told = self.run.health.last().map(|(_, health)| health.clone()).unwrap_or_default();
        let knows =
            (0..SHARDS).all(|i| told[format!("shard-{i}")]["healthy"] == json!(i != VICTIM));
        self.check(knows, || format!("at the end of the fault /health/shards said {told}"));
        self
    }

    /// Most of the late failures name their cause.
    pub(super) fn failures_name(mut self, cause: &str) -> Self {
        let details: Vec<String> = self.late().iter().filter_map(problem).collect();
        let naming = details.iter().filter(|detail| detail.contains(cause)).count();
        self.check(naming * 2 > details.len(), || {
            let few: Vec<_> = details.iter().take(TOLD).collect();
            format!("{naming} of {} late 503s say \"{cause}\": {few:?}", details.len())
        });
        self
    }

    /// Anything else that is wrong.
    pub(super) fn and(mut self, complaint: Option<String>) -> Self {
        self.complaints.extend(complaint);
        self
    }

    /// Tells the results, and fails if anything was wrong.
    #[track_caller]
    pub(super) fn end(self) {
        let late = Latencies::of(&self.late()).percentile(50);
        let Verdict { stage, run, complaints } = self;
        let good = complaints.is_empty();
        let mut text = details(stage, run);
        complaints.iter().for_each(|complaint| text.push_str(&format!("  - {complaint}\n")));
        tell(&stage.settings, &(text + &row(stage, run, good, late)));
        assert!(complaints.is_empty(), "{} complaints, told above", complaints.len());
    }

    /// What was under way on the shard in the last third of the fault. Who waits that long asks
    /// nothing else meanwhile, so it counts however early it began.
    fn late(&self) -> Vec<Record> {
        let Run { began, lifted, .. } = *self.run;
        let from: Instant = began + (lifted - began) * 2 / 3;
        self.run
            .recording
            .of(|r| r.shard == VICTIM && r.needs_shard() && r.sent < lifted && r.done() > from)
    }

    pub(super) fn each(&mut self, what: &str, records: &[Record]) {
        let few: Vec<String> = records.iter().take(TOLD).map(|r| self.told(r)).collect();
        self.check(few.is_empty(), || format!("{} {what}: {}", records.len(), few.join("; ")));
    }

    fn told(&self, record: &Record) -> String {
        let outcome = match &record.outcome {
            Ok(answer) => answer.to_string(),
            Err(silence) => format!("{silence:?}"),
        };
        let (kind, shard, took) = (record.kind, record.shard, record.latency);
        let at = record.sent.saturating_duration_since(self.run.began);
        format!("{kind:?} on shard-{shard}, {at:?} into the fault, after {took:?} {outcome}")
    }

    pub(super) fn check(&mut self, good: bool, complaint: impl FnOnce() -> String) {
        if !good {
            self.complaints.push(complaint());
        }
    }
}

fn problem(record: &Record) -> Option<String> {
    let answer = record.outcome.as_ref().ok().filter(|answer| answer.status == 503)?;
    Some(answer.detail().to_owned())
}
