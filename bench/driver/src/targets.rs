//! What must be reached, and whether it was: ratios of ours to theirs in one run.

use std::fmt::Write;

use crate::{
    peer::{DIESEL_ASYNC, FASTAPI, OURS, OURS_WHOLE, PGBENCH, TOKIO_POSTGRES, UNSHARDED},
    results::{Measure, Results},
    workload::Workload::{self, Insert, List, Read},
};

/// On which side of a number a ratio should be.
#[derive(Debug, Clone, Copy)]
enum Bound {
    AtLeast(f64),
    AtMost(f64),
}

use Bound::{AtLeast, AtMost};
use Measure::{CpuService, CpuTotal, Memory, P50, P99, PerSecond};

type Target = (&'static str, &'static str, Workload, u32, Measure, Bound);

/// Ours, theirs, where, what, and how much of it.
const TARGETS: [Target; 27] = [
    (OURS, FASTAPI, Read, 32, PerSecond, AtLeast(6.0)),
    (OURS, FASTAPI, Insert, 32, PerSecond, AtLeast(6.0)),
    (OURS, FASTAPI, List, 32, PerSecond, AtLeast(4.0)),
    (OURS, FASTAPI, Read, 32, CpuService, AtMost(0.12)),
    (OURS, FASTAPI, Insert, 32, CpuService, AtMost(0.12)),
    (OURS, FASTAPI, List, 32, CpuService, AtMost(0.12)),
    (OURS, FASTAPI, Read, 32, P99, AtMost(0.2)),
    (OURS, FASTAPI, Insert, 32, P99, AtMost(0.2)),
    (OURS, FASTAPI, List, 32, P99, AtMost(0.2)),
    (OURS, FASTAPI, Read, 32, Memory, AtMost(0.3)),
    (OURS, TOKIO_POSTGRES, Read, 32, PerSecond, AtLeast(1.2)),
    (OURS, TOKIO_POSTGRES, Insert, 32, PerSecond, AtLeast(1.4)),
    (OURS, TOKIO_POSTGRES, Read, 128, PerSecond, AtLeast(1.5)),
    (OURS, TOKIO_POSTGRES, Insert, 128, PerSecond, AtLeast(1.15)),
    (OURS, TOKIO_POSTGRES, List, 32, PerSecond, AtLeast(0.9)),
    (OURS, TOKIO_POSTGRES, Read, 32, CpuTotal, AtMost(0.8)),
    (OURS, TOKIO_POSTGRES, Insert, 32, CpuTotal, AtMost(0.7)),
    (OURS, DIESEL_ASYNC, Read, 32, PerSecond, AtLeast(1.4)),
    (OURS, PGBENCH, Read, 32, PerSecond, AtLeast(0.8)),
    (OURS, PGBENCH, Read, 128, PerSecond, AtLeast(1.2)),
    (OURS, PGBENCH, Insert, 32, PerSecond, AtLeast(1.0)),
    (OURS, PGBENCH, Insert, 128, PerSecond, AtLeast(1.5)),
    (OURS, DIESEL_ASYNC, Read, 1, P50, AtMost(1.1)),
    (OURS, DIESEL_ASYNC, Insert, 1, P50, AtMost(1.1)),
    (OURS_WHOLE, UNSHARDED, Read, 32, CpuService, AtMost(1.03)),
    (OURS_WHOLE, UNSHARDED, Insert, 32, CpuService, AtMost(1.03)),
    (OURS_WHOLE, UNSHARDED, List, 32, CpuService, AtMost(1.03)),
];

/// The largest share of the time one after another that a scatter should take.
const SCATTER: Bound = AtMost(0.6);

/// The table; what was not measured is left out unless the report is to be whole.
pub(crate) fn table(results: &Results, scatter: Option<f64>, whole: bool) -> String {
    let mut text =
        "| against | measure | target | reached | |\n|---|---|---:|---:|---|\n".to_owned();
    let mut row = |against: &str, measure: &str, bound, reached: Option<f64>| {
        if reached.is_some() || whole {
            let (target, verdict) = judge(bound, reached);
            let reached = reached.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.2}×"));
            let _ = writeln!(text, "| {against} | {measure} | {target} | {reached} | {verdict} |");
        }
    };
    for (ours, theirs, workload, clients, measure, bound) in TARGETS {
        let against = if ours == OURS { theirs.to_owned() } else { format!("{theirs} ({ours})") };
        let plural = if clients == 1 { "" } else { "s" };
        let title = workload.title();
        let what = format!("{title}, {clients} client{plural}: {}", measure.name());
        row(&against, &what, bound, results.ratio((workload, clients), measure, ours, theirs));
    }
    row("one shard after another", "/stats, 1 client: scatter's time", SCATTER, scatter);
    if whole {
        text += "| MD5 alone | route, ring of 16 / 1,024 shards × 150 | ≤ 20 / 60 ns, 0 allocations | – | \
                 not of this run: `cargo bench` |\n";
    }
    text
}

fn judge(bound: Bound, reached: Option<f64>) -> (String, &'static str) {
    let (target, met) = match bound {
        AtLeast(least) => (format!("≥ {least}×"), reached.map(|ratio| ratio >= least)),
        AtMost(most) => (format!("≤ {most}×"), reached.map(|ratio| ratio <= most)),
    };
    (target, met.map_or("not measured", |met| if met { "met" } else { "**missed**" }))
}

#[cfg(test)]
mod tests {
    use super::{AtLeast, AtMost, judge};

    #[test]
    fn a_bound_has_two_sides() {
        assert_eq!(judge(AtLeast(1.2), Some(1.2)), ("≥ 1.2×".to_owned(), "met"));
        assert_eq!(judge(AtLeast(1.2), Some(1.19)).1, "**missed**");
        assert_eq!(judge(AtMost(0.6), Some(0.59)).1, "met");
        assert_eq!(judge(AtMost(0.6), Some(0.61)).1, "**missed**");
        assert_eq!(judge(AtMost(0.6), None).1, "not measured");
    }
}
