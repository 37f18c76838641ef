use serde_json::{Value, json};

use super::{super::output::Output, drift};
use crate::ops::migrate::{Drift, MigrateError, Outcome, ShardReport, Step};

/// What a rollout did, shard by shard.
pub(super) fn show(
    reports: &[ShardReport],
    drifted: &Drift,
    json: bool,
    output: &Output,
) -> anyhow::Result<()> {
    if json {
        let shards: Vec<_> = reports.iter().map(view).collect();
        output.json(&json!({ "shards": shards, "drift": drift::view(drifted) }))?;
        return Ok(());
    }
    for line in reports.iter().flat_map(lines) {
        output.say(&line)?;
    }
    Ok(())
}

fn lines(report: &ShardReport) -> Vec<String> {
    let shard = &report.shard;
    let done = |step: &Step| {
        let millis = step.took.as_secs_f64() * 1000.0;
        format!("{shard}: {} {} in {millis:.1} ms", step.direction, step.name)
    };
    let mut lines: Vec<_> = report.steps.iter().map(done).collect();
    match &report.outcome {
        Outcome::Failed(error) => lines.push(format!("{shard}: FAILED: {}", error.in_full())),
        Outcome::NotStarted => lines.push(format!("{shard}: not started")),
        Outcome::Done if report.steps.is_empty() => lines.push(format!("{shard}: nothing to do")),
        Outcome::Done => {}
    }
    lines
}

fn view(report: &ShardReport) -> Value {
    let step = |step: &Step| {
        json!({
            "version": step.version,
            "name": step.name,
            "direction": step.direction.to_string(),
            "took_ms": step.took.as_secs_f64() * 1000.0,
        })
    };
    let outcome = match &report.outcome {
        Outcome::Done => "done",
        Outcome::Failed(_) => "failed",
        Outcome::NotStarted => "not started",
    };
    json!({
        "shard": report.shard.as_str(),
        "outcome": outcome,
        "steps": report.steps.iter().map(step).collect::<Vec<_>>(),
        "error": report.error().map(MigrateError::in_full),
    })
}
