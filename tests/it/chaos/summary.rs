//! Numbers of a run, for people.

use std::fmt;
use std::fs::File;
use std::io::Write;
use std::time::{Duration, Instant};

use super::VICTIM;
use super::run::Run;
use super::settings::Settings;
use super::stage::Stage;
use crate::support::load::{Answer, Record};

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

/// What a run showed, at length.
pub(super) fn details(stage: &Stage, run: &Run) -> String {
    let all = run.recording.of(Record::needs_shard);
    let within = |from: Option<Instant>, to: Option<Instant>, own: bool| {
        let inside = |r: &&Record| {
            from.is_none_or(|from| r.sent >= from)
                && to.is_none_or(|to| r.sent < to)
                && (r.shard == VICTIM) == own
        };
        Latencies::of(all.iter().filter(inside))
    };
    let (began, lifted) = (Some(run.began), Some(run.lifted));
    let mut text = format!("{}, seed {}\n", stage.name, stage.seed.first());
    for (whose, own) in [("neighbours", false), ("own keys", true)] {
        for (when, from, to) in
            [("before", None, began), ("during", began, lifted), ("after", lifted, None)]
        {
            text.push_str(&format!("  {whose:<10} {when:<6}  {}\n", within(from, to, own)));
        }
    }
    let unknown = |r: &&Record| r.outcome.as_ref().is_ok_and(Answer::is_unknown);
    let unknown = all.iter().filter(unknown).count();
    text.push_str(&format!(
        "  {unknown} answers of unknown outcome; {} threads held\n",
        run.strain.held
    ));
    text
}

/// What stands over the [`row`]s.
const HEADER: &str = "\
| fault                | verdict | others failed | others p99 | 503 longest | 503 late | back after \
| threads     | connections | memory | orders placed, refused, unknown |\n";

/// The same in a line of a table. `late` is the median of the shard's answers late in the fault.
pub(super) fn row(stage: &Stage, run: &Run, good: bool, late: Duration) -> String {
    let failed = run.recording.of(|r| r.shard != VICTIM && !r.served()).len();
    let longest = Latencies::of(&run.recording.of(|r| r.status() == Some(503))).percentile(100);
    let ms = |time: Duration| format!("{:.1} ms", time.as_secs_f64() * 1000.0);
    let back = run.first.map(|first| ms(first.saturating_duration_since(run.accepted)));
    let ratio = stage.ratio.map_or("-".to_owned(), |ratio| format!("x {ratio:.2}"));
    let (warm, after) = (stage.warm, run.after);
    let (ledger, memory) = (&stage.ledger, after.memory as f64 / warm.memory as f64);
    format!(
        "| {:<20} | {:<7} | {failed:>13} | {ratio:>10} | {:>11} | {:>8} | {:>10} | {:<11} | {:<11} | \
         {:>5.1}% | {:<31} |\n",
        stage.name,
        if good { "passed" } else { "FAILED" },
        ms(longest),
        ms(late),
        back.unwrap_or_else(|| "never".to_owned()),
        format!("{} {} {} {}", warm.threads, stage.peak, run.strain.threads, after.threads),
        format!("{} {}", warm.sessions, after.sessions),
        memory * 100.0,
        format!("{}, {}, {}", ledger.acknowledged(), ledger.refused(), ledger.unknown()),
    )
}

/// Says it where people look, and adds it to the report if there is to be one.
#[expect(clippy::print_stderr, reason = "results of a long run are for people to read")]
pub(super) fn tell(settings: &Settings, text: &str) {
    eprint!("{text}");
    if let Some(path) = &settings.report {
        let new = std::fs::metadata(path).map_or(true, |file| file.len() == 0);
        let text = if new { format!("{HEADER}{text}") } else { text.to_owned() };
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
