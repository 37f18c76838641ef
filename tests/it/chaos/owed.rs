//! What every fault must leave whole: the neighbours, the form of the answers, the data, and what
//! the service holds.

use std::time::Duration;

use super::verdict::{TOLD, Verdict};
use super::{DEADLINE, POOL, SHARDS, SLACK, VICTIM};
use crate::support::load::Record;

/// How many threads more than without a fault may come for a while: a turn is given back a moment
/// before its thread is idle, and whoever takes it then gets another thread.
const PASSING: usize = POOL * SHARDS;
/// How many threads beyond the shard's turns may be held by its server: those that look after it.
const CARETAKERS: usize = 2;

impl Verdict<'_> {
    pub(super) fn ledger_agrees(&mut self) {
        let complaints = self.stage.ledger.audit(&self.stage.cluster);
        let few: Vec<_> = complaints.iter().take(2 * TOLD).cloned().collect();
        self.check(complaints.is_empty(), || {
            format!("{} contradictions to the ledger: {}", complaints.len(), few.join("\n    "))
        });
    }

    pub(super) fn neighbours_unharmed(&mut self) {
        let failed = self.run.recording.of(|r| r.shard != VICTIM && !r.served());
        self.each("failed on another shard", &failed);
        let strayed = |r: &Record| {
            let answer = r.outcome.as_ref().ok().and_then(|answer| answer.shard.clone());
            answer.is_some_and(|shard| shard != format!("shard-{}", r.shard))
        };
        let strayed = self.run.recording.of(strayed);
        self.each("answered by a stranger", &strayed);
    }

    pub(super) fn own_keys_answered_in_time(&mut self) {
        let own = self.run.recording.of(|r| r.shard == VICTIM);
        let odd: Vec<_> = own.iter().filter(|r| !r.served() && !is_proper(r)).cloned().collect();
        self.each("neither served nor a proper 503", &odd);
        let late: Vec<_> = own.iter().filter(|r| r.latency > DEADLINE + SLACK).cloned().collect();
        self.each("answered after the deadline", &late);
        let failed = own.iter().filter(|r| r.status() == Some(503)).count();
        self.check(failed > 0, || "nobody noticed the fault".to_owned());
    }

    pub(super) fn back_in_time(&mut self) {
        let took = self.run.first.map(|first| first.saturating_duration_since(self.run.accepted));
        let most = self.stage.settings.comeback;
        self.check(took.is_some_and(|took| took <= most), || {
            format!("the first success came {took:?} after the server accepted, not {most:?}")
        });
    }

    pub(super) fn health_told_in_time(&mut self) {
        let worst = self.run.health.iter().map(|(took, _)| *took).max().unwrap_or_default();
        // DESIGN says a second; half of one more is the machine's.
        let most = Duration::from_millis(1500);
        self.check(worst < most, || format!("/health/shards took {worst:?}, not {most:?}"));
    }

    pub(super) fn nothing_leaked(&mut self) {
        let (warm, after, strain) = (self.stage.warm, self.run.after, self.run.strain);
        self.check(strain.held <= POOL + CARETAKERS, || {
            format!("{} threads held at a time by a shard of {POOL} turns", strain.held)
        });
        let peak = self.stage.peak;
        self.check(strain.threads <= peak + PASSING, || {
            format!("{} threads during the fault, {peak} at most without it", strain.threads)
        });
        // A spare thread ends after ten seconds without work, and gets some in its turn by then.
        let rest = self.run.rest;
        self.check(rest.threads <= peak + PASSING, || {
            format!("{} threads afterwards, {peak} at most without a fault", rest.threads)
        });
        self.check(rest.held == 0, || format!("{} threads still held afterwards", rest.held));
        self.check(after.sessions <= warm.sessions, || {
            format!("{} connections afterwards, {} when warm", after.sessions, warm.sessions)
        });
        self.check(after.memory * 10 <= warm.memory * 11, || {
            format!("{} kB afterwards, {} kB when warm", after.memory, warm.memory)
        });
        let (well, health) = &self.run.recovered;
        self.check(*well, || format!("not all well afterwards: {health}"));
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
