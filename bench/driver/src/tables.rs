//! A table for each workload.

use std::fmt::Write;

use crate::{
    options::Plan,
    results::{Results, median},
    sample::Sample,
    workload::Workload,
};

/// Medians of every peer, by clients.
pub(crate) fn of(workload: Workload, plan: &Plan, results: &Results) -> String {
    let mut text = format!(
        "### {}\n\n\
         | clients | peer | req/s | p50 ms | p99 ms | CPU service µs | CPU Postgres µs | memory MiB |\n\
         |---:|---|---:|---:|---:|---:|---:|---:|\n",
        workload.title()
    );
    for &clients in &plan.clients {
        for peer in &plan.peers {
            let samples = results.of((workload, clients), peer.name);
            if !samples.is_empty() {
                let _ = writeln!(text, "| {clients} | {} | {} |", peer.name, row(samples));
            }
        }
    }
    text
}

fn row(samples: &[Sample]) -> String {
    let middle = |number: &dyn Fn(&Sample) -> Option<f64>| median(samples.iter().map(number));
    let show = |number: Option<f64>, digits: usize| {
        number.map_or_else(|| "–".to_owned(), |number| format!("{number:.digits$}"))
    };
    [
        show(middle(&|s| Some(s.per_second)), 0),
        show(middle(&|s| Some(s.p50 / 1e3)), 2),
        show(middle(&|s| Some(s.p99 / 1e3)), 2),
        show(middle(&|s| s.cpu_service), 0),
        show(middle(&|s| Some(s.cpu_postgres)), 0),
        show(middle(&|s| s.memory.map(|bytes| bytes as f64 / 1_048_576.0)), 0),
    ]
    .join(" | ")
}
