use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{
    super::output::size,
    ask::{Gap, Report},
};
use crate::{ops::migrate::Status, shard::Trouble};

/// One row a shard, under the columns' names.
pub(super) fn table(reports: &[Report]) -> Vec<Vec<String>> {
    let columns = ["SHARD", "BACKEND", "HEALTH", "LATENCY", "SCHEMA", "SIZE", "KEYS"];
    let header = columns.map(str::to_owned).to_vec();
    std::iter::once(header).chain(reports.iter().map(row)).collect()
}

fn row(report: &Report) -> Vec<String> {
    let unhealthy = report.unhealthy();
    // Of a shard that is down this says nothing new.
    let unknown = match &report.trouble {
        Some(trouble) if unhealthy.is_none() => format!("- ({})", trouble.reason),
        _ => "-".to_owned(),
    };
    let or_unknown = |cell: Option<String>| cell.unwrap_or_else(|| unknown.clone());
    let keys: Vec<_> = report.keys.iter().map(|(keyspace, n)| format!("{keyspace} {n}")).collect();
    let counted = report.trouble.is_none() && !keys.is_empty();
    vec![
        report.shard.to_string(),
        report.backend.to_string(),
        unhealthy.unwrap_or_else(|| "healthy".to_owned()),
        or_unknown(report.latency.map(|l| format!("{:.2} ms", l.as_secs_f64() * 1000.0))),
        or_unknown(report.schema.as_ref().map(schema)),
        or_unknown(report.bytes.map(size)),
        or_unknown(counted.then(|| keys.join(", "))),
    ]
}

/// The newest migration, and how many are missing.
fn schema(status: &Status) -> String {
    let newest = status.applied.last().map_or("none", |applied| applied.version.as_str());
    match status.pending().count() {
        0 => newest.to_owned(),
        n => format!("{newest}, behind by {n}"),
    }
}

/// What the table has no place for.
pub(super) fn remarks(reports: &[Report]) -> Vec<String> {
    let remark = |report: &Report| {
        let name = &report.shard;
        let behind = report.schema.as_ref().is_some_and(|status| status.pending().count() > 0);
        let mend = behind.then(|| format!("{name}: run `shardwright migration run`"));
        let cause = report.trouble.as_ref().and_then(cause);
        let stranger = report.stranger.as_ref().filter(|_| mend.is_none());
        let causes = cause.into_iter().chain(stranger.map(ToString::to_string));
        let causes: Vec<_> = causes.map(|cause| format!("{name}: {cause}")).collect();
        mend.into_iter().chain(causes).collect::<Vec<_>>()
    };
    reports.iter().flat_map(remark).collect()
}

/// What kept a shard from saying the rest, and what to do that only an operator can.
fn cause(trouble: &Gap) -> Option<String> {
    let said = trouble.in_full.as_ref()?;
    Some(match trouble.reason {
        missing if missing == Trouble::Missing.reason() => {
            format!("{said}; or, if the shard is new, run `shardwright migration run`")
        }
        _ => said.clone(),
    })
}

/// The same for programs; what is not known is null.
pub(super) fn json(reports: &[Report]) -> Value {
    let view = |report: &Report| {
        let unhealthy = report.unhealthy();
        let trouble = report.trouble.as_ref();
        let cause = trouble.map(|t| t.in_full.clone().unwrap_or_else(|| t.reason.to_owned()));
        let cause = cause.or_else(|| report.stranger.as_ref().map(ToString::to_string));
        let identity = report.records.as_ref().and_then(|records| records.identity.as_ref());
        let identity = identity.map(
            |says| json!({ "shard": says.shard.as_str(), "cluster": says.cluster.to_string() }),
        );
        let schema = report.schema.as_ref().map(|status| {
            let pending: Vec<_> = status.pending().map(|known| known.name.as_str()).collect();
            let newest = status.applied.last().map(|applied| applied.version.as_str());
            json!({ "version": newest, "pending": pending })
        });
        let keys: BTreeMap<_, _> = report.keys.iter().copied().collect();
        json!({
            "shard": report.shard.as_str(),
            "backend": report.backend.to_string(),
            "healthy": unhealthy.is_none(),
            "error": unhealthy,
            "detail": cause,
            "latency_ms": report.latency.map(|latency| latency.as_secs_f64() * 1000.0),
            "schema": schema,
            "identity": identity,
            "size_bytes": report.bytes,
            "keys": keys,
        })
    };
    json!({ "shards": reports.iter().map(view).collect::<Vec<_>>() })
}
