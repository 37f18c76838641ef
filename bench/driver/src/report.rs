//! What is written down.

use std::fmt::Write;

use anyhow::Result;

use crate::{
    beside, machine,
    options::Plan,
    orders::{self, ORDERS, TENANTS},
    peer::CONNECTIONS,
    results::Results,
    scatter::Scatter,
    servers::{SETTINGS, Servers},
    tables, targets,
};

/// The comparison and a table for each workload.
pub(crate) fn tables(plan: &Plan, results: &Results, scatter: Option<Scatter>) -> String {
    let ratio = scatter.map(|scatter| scatter.ratio);
    let mut text = String::from("## It must show\n\n");
    text += "Medians of the rounds' ratios, `shardwright` to the other.\n\n";
    text += &targets::table(results, ratio, plan.whole);
    text += &beside::table(plan, results);
    text += "\n## Medians\n\n";
    for workload in &plan.workloads {
        text += &tables::of(*workload, plan, results);
        text.push('\n');
    }
    if let Some(Scatter { together, in_turn, .. }) = scatter {
        let _ = writeln!(
            text,
            "The sums of all shards, asked for by the library: {together:.1} ms side by side, \
             {in_turn:.1} ms one after another.\n"
        );
    }
    let _ = writeln!(
        text,
        "The services that had no turn took at most {:.2} % of a core.",
        results.most_idle() * 100.0
    );
    text
}

/// All of it, with what it was measured on.
pub(crate) fn whole(
    plan: &Plan,
    results: &Results,
    scatter: Option<Scatter>,
    servers: &Servers,
    shard_of: &[usize],
) -> Result<String> {
    let mut text = String::from(
        "# What was measured\n\n\
         Written by `bench/run`; [README](README.md) says how it is measured and how fair it is.\n\n",
    );
    let settings: Vec<_> = SETTINGS.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let spread = orders::spread(shard_of).map(|count| count.to_string()).join(" / ");
    let peers = plan.peers.iter().map(|peer| format!("  - `{}`: {}", peer.name, peer.what));
    let lines = [
        format!("- {}, commit {}", machine::date(), machine::commit()),
        format!("- Machine: {}", machine::machine()),
        format!("- Versions: {}", machine::versions(servers)?),
        format!("- Postgres: {}", settings.join(", ")),
        format!("- {ORDERS} orders of {TENANTS} tenants, on the shards {spread} tenants"),
        format!("- {CONNECTIONS} connections to each database for every service"),
        format!(
            "- {} rounds, each peer once a round for {} s (thrice that for /stats with more \
             than 32 clients), after a warm-up of 1 s",
            plan.rounds, plan.seconds
        ),
        "- Peers:".to_owned(),
    ];
    for line in lines.into_iter().chain(peers) {
        let _ = writeln!(text, "{line}");
    }
    text.push('\n');
    text += &tables(plan, results, scatter);
    Ok(text)
}
