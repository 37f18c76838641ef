//! What a run must have shown.

use std::time::{Duration, Instant};

use serde_json::json;

use super::run::Run;
use super::stage::Stage;
use super::summary::{Latencies, details, row, tell};
use super::{DEADLINE, POOL, SHARDS, SLACK, VICTIM};
use crate::support::load::Record;

/// How many threads more than without a fault may come for a while: a turn is given back a moment before
/// its thread is idle, and whoever takes it then gets another thread.
const PASSING: usize = POOL * SHARDS;
/// How many threads beyond the shard's turns may be held by its server: those that look after it.
const CARETAKERS: usize = 2;
/// How many of many complaints of a kind are told.
const TOLD: usize = 3;

/// Everything that is wrong with a run, told at once by [`end`](Self::end).
#[must_use = "a verdict that is not spoken fails no test"]
pub(super) struct Verdict<'a> {
    stage: &'a Stage,
    run: &'a Run,
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
        // What was under way when the fault ended may well have been served.
        let served = |r: &Record| r.served() && r.done() < lifted;
        let served: Vec<_> = self.late().into_iter().filter(served).collect();
        self.each("served by a shard that was gone", &served);
        self
    }

    /// Once the service knows, it says so at once, and hardly anybody waits again.
    pub(super) fn failures_quick(mut self) -> Self {
        let late = Latencies::of(&self.late());
        let (quick, long) = (self.stage.settings.quick, DEADLINE / 2);
        self.check(late.percentile(50) < quick && late.percentile(95) < long, || {
            format!("late in the fault half should take less than {quick:?}, and 95 % less than {long:?}: {late}")
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

    fn ledger_agrees(&mut self) {
        let complaints = self.stage.ledger.audit(&self.stage.cluster);
        let few: Vec<_> = complaints.iter().take(2 * TOLD).cloned().collect();
        self.check(complaints.is_empty(), || {
            format!("{} contradictions to the ledger: {}", complaints.len(), few.join("\n    "))
        });
    }

    fn neighbours_unharmed(&mut self) {
        let failed = self.run.recording.of(|r| r.shard != VICTIM && !r.served());
        self.each("failed on another shard", &failed);
        let strayed = |r: &Record| {
            let answer = r.outcome.as_ref().ok().and_then(|answer| answer.shard.clone());
            answer.is_some_and(|shard| shard != format!("shard-{}", r.shard))
        };
        let strayed = self.run.recording.of(strayed);
        self.each("answered by a stranger", &strayed);
    }

    fn own_keys_answered_in_time(&mut self) {
        let own = self.run.recording.of(|r| r.shard == VICTIM);
        let odd: Vec<_> = own.iter().filter(|r| !r.served() && !is_proper(r)).cloned().collect();
        self.each("neither served nor a proper 503", &odd);
        let late: Vec<_> = own.iter().filter(|r| r.latency > DEADLINE + SLACK).cloned().collect();
        self.each("answered after the deadline", &late);
        let failed = own.iter().filter(|r| r.status() == Some(503)).count();
        self.check(failed > 0, || "nobody noticed the fault".to_owned());
    }

    fn back_in_time(&mut self) {
        let took = self.run.first.map(|first| first.saturating_duration_since(self.run.accepted));
        let most = self.stage.settings.comeback;
        self.check(took.is_some_and(|took| took <= most), || {
            format!("the first success came {took:?} after the server accepted, not {most:?}")
        });
    }

    fn health_told_in_time(&mut self) {
        let worst = self.run.health.iter().map(|(took, _)| *took).max().unwrap_or_default();
        // DESIGN says a second; half of one more is the machine's.
        let most = Duration::from_millis(1500);
        self.check(worst < most, || format!("/health/shards took {worst:?}, not {most:?}"));
    }

    fn nothing_leaked(&mut self) {
        let (warm, after, strain) = (self.stage.warm, self.run.after, self.run.strain);
        self.check(strain.held <= POOL + CARETAKERS, || {
            format!("{} threads held at a time by a shard of {POOL} turns", strain.held)
        });
        let peak = self.stage.peak;
        self.check(strain.threads <= peak + PASSING, || {
            format!("{} threads during the fault, {peak} at most without it", strain.threads)
        });
        let most = self.stage.threads_afterwards();
        self.check(after.threads <= most, || {
            format!("{} threads afterwards, {most} at most without a fault", after.threads)
        });
        self.check(after.sessions <= warm.sessions, || {
            format!("{} connections afterwards, {} when warm", after.sessions, warm.sessions)
        });
        self.check(after.memory * 10 <= warm.memory * 11, || {
            format!("{} kB afterwards, {} kB when warm", after.memory, warm.memory)
        });
        let (well, health) = &self.run.recovered;
        self.check(*well, || format!("not all well afterwards: {health}"));
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

    fn each(&mut self, what: &str, records: &[Record]) {
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

    fn check(&mut self, good: bool, complaint: impl FnOnce() -> String) {
        if !good {
            self.complaints.push(complaint());
        }
    }
}

/// A 503 as the contract has it.
fn is_proper(record: &Record) -> bool {
    record.outcome.as_ref().is_ok_and(|answer| {
        answer.status == 503
            && answer.content_type == "application/problem+json"
            && answer.json["shard"] == format!("shard-{VICTIM}").as_str()
            && answer.retry_after.is_some()
            && (answer.json["outcome"].is_null() || (record.writes() && answer.is_unknown()))
    })
}

fn problem(record: &Record) -> Option<String> {
    let answer = record.outcome.as_ref().ok().filter(|answer| answer.status == 503)?;
    Some(answer.detail().to_owned())
}
