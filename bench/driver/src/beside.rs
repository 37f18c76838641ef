//! Two builds of ours, side by side.

use std::fmt::Write;

use crate::{
    options::Plan,
    peer::{OTHER, OURS},
    results::{Measure, Results},
};

const MEASURES: [Measure; 5] =
    [Measure::PerSecond, Measure::P50, Measure::P99, Measure::CpuService, Measure::CpuTotal];

/// Medians of the rounds' ratios, `shardwright` to `other`; nothing without `--service`.
pub(crate) fn table(plan: &Plan, results: &Results) -> String {
    let both = [OURS, OTHER].iter().all(|name| plan.peers.iter().any(|peer| peer.name == *name));
    if !both {
        return String::new();
    }
    let names = MEASURES.map(Measure::name).join(" | ");
    let mut text = format!(
        "\n## `{OURS}` to `{OTHER}`\n\n| workload | clients | {names} |\n|---|{}\n",
        "---:|".repeat(MEASURES.len() + 1)
    );
    for &workload in &plan.workloads {
        for &clients in &plan.clients {
            let ratio = |measure| {
                let ratio = results.ratio((workload, clients), measure, OURS, OTHER);
                ratio.map_or_else(|| "–".to_owned(), |ratio| format!("{ratio:.3}×"))
            };
            let ratios = MEASURES.map(ratio).join(" | ");
            let _ = writeln!(text, "| {} | {clients} | {ratios} |", workload.title());
        }
    }
    text
}
