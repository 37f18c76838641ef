//! `[sharding.telemetry]`: what the service tells of its work.

use std::time::Duration;

use shardwright::{cluster::Blueprint, config::TelemetrySettings};

use super::file::{one_mistake, over};

fn telemetry(piece: &str) -> TelemetrySettings {
    Blueprint::load_with(&over(piece), &|_| None).expect("a good file").settings.telemetry
}

#[test]
fn what_is_not_said_is_as_usual() {
    let slow_query = Duration::from_millis(250);
    let usual = TelemetrySettings { metrics: true, tracing: true, slow_query };
    assert_eq!(telemetry(""), usual);
    let some = telemetry("[telemetry]\nmetrics = false\nslow_query = '2s'");
    let slow_query = Duration::from_secs(2);
    assert_eq!(some, TelemetrySettings { metrics: false, slow_query, ..usual.clone() });
    assert_eq!(
        telemetry("[telemetry]\ntracing = false"),
        TelemetrySettings { tracing: false, ..usual }
    );
}

#[test]
fn what_makes_no_sense_is_told() {
    one_mistake("[telemetry]\nmetrics = 'yes'", "telemetry.metrics", &["true or false"]);
    one_mistake("[telemetry]\ntracing = 1", "telemetry.tracing", &["true or false"]);
    one_mistake("[telemetry]\nslow_query = '0s'", "telemetry.slow_query", &["unit"]);
    one_mistake("[telemetry]\nslow_queries = '1s'", "telemetry.slow_queries", &["slow_query"]);
    one_mistake("telemetry = false", "telemetry", &["expected a table"]);
}
