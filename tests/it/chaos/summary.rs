//! Numbers of a run, for people.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use super::VICTIM;
use super::run::Run;
use super::settings::Settings;
use super::stage::Stage;
use crate::support::load::Record;

/// Latencies, shortest first.
#[derive(Debug, Clone)]
pub(super) struct Latencies(Vec<Duration>);

impl Latencies {
    pub(super) fn of<'a>(records: impl IntoIterator<Item = &'a Record>) -> Latencies {
        let mut sorted: Vec<_> = records.into_iter().map(|record| record.latency).collect();
        sorted.sort_unstable();
        Latencies(sorted)
    }

    /// What this share of them, in percent, does not exceed.
    pub(super) fn percentile(&self, percent: usize) -> Duration {
        let rank = (self.0.len() * percent).div_ceil(100).max(1);
        self.0.get(rank - 1).copied().unwrap_or_default()
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for Latencies {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ms = |percent| self.percentile(percent).as_secs_f64() * 1000.0;
        write!(f, "n {:5} p50 {:7.1} p99 {:7.1} max {:7.1} ms", self.len(), ms(50), ms(99), ms(100))
    }
}

/// A line of `name value` pairs on one run.
pub(super) fn line(stage: &Stage, run: &Run) -> String {
    let all = run.recording.of(|_| true);
    let within = |from: Instant, to: Instant, of_victim: bool| {
        let inside = move |r: &&Record| {
            r.sent >= from && r.sent < to && (r.shard == VICTIM) == of_victim && r.needs_shard()
        };
        Latencies::of(all.iter().filter(inside))
    };
    let end = all.iter().map(Record::done).max().unwrap_or(run.lifted);
    let start = all.iter().map(|r| r.sent).min().unwrap_or(run.began);
    let of = |of_victim| {
        format!(
            "before: {}\n    during: {}\n    after:  {}",
            within(start, run.began, of_victim),
            within(run.began, run.lifted, of_victim),
            within(run.lifted, end, of_victim)
        )
    };
    let comeback = run.first.map(|first| first.saturating_duration_since(run.accepted));
    let (warm, after) = (stage.warm, run.after);
    format!(
        "{}\n  neighbours\n    {}\n  {} own keys\n    {}\n  first success after {comeback:?}; \
         threads {} -> {} -> {}; connections {} -> {}; memory {} -> {} kB; orders {} \
         acknowledged, {} refused, {} unknown; seed {}\n",
        stage.name,
        of(false),
        "shard-1's",
        of(true),
        warm.threads,
        run.most_threads,
        after.threads,
        warm.sessions,
        after.sessions,
        warm.memory,
        after.memory,
        stage.ledger.acknowledged(),
        stage.ledger.refused(),
        stage.ledger.unknown(),
        stage.seed.first(),
    )
}

/// Says it where people look, and adds it to the report if there is to be one.
#[expect(clippy::print_stderr, reason = "results of a long run are for people to read")]
pub(super) fn tell(settings: &Settings, text: &str) {
    eprint!("{text}");
    if let Some(path) = &settings.report {
        let file = File::options().append(true).create(true).open(path);
        // In one piece, so that lines of tests that run side by side don't mix.
        let told = file.and_then(|mut file| file.write_all(text.as_bytes()));
        told.unwrap_or_else(|why| panic!("{}: {why}", path.display()));
    }
}

#[test]
fn percentiles_are_ranks() {
    let ms = Duration::from_millis;
    let hundred = Latencies((1..=100).map(ms).collect());
    assert_eq!([50, 99, 100].map(|p| hundred.percentile(p)), [ms(50), ms(99), ms(100)]);
    let one = Latencies(vec![ms(7)]);
    assert_eq!([50, 99].map(|p| one.percentile(p)), [ms(7), ms(7)]);
    assert_eq!(Latencies(Vec::new()).percentile(99), Duration::ZERO);
}
