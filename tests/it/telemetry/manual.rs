//! The manual, the dashboard and the alerts speak of the metrics that there are.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::exposition::Scrape;
use super::metrics::every_kind_of_request;
use crate::support::app::TestApp;
use crate::support::both::SHARDS;
use crate::support::cluster::TestCluster;
use crate::support::until::until;

const MONITORING: &str = include_str!("../../../docs/src/how-to/monitoring.md");
const GRAFANA: &str = include_str!("../../../docs/grafana/shardwright.json");
const ALERTS: &str = include_str!("../../../docs/alerts/shardwright.rules.yml");

/// Every metric that a service shows once it has done everything.
fn shown() -> BTreeSet<String> {
    let cluster = TestCluster::sqlite(SHARDS);
    let mut names = BTreeSet::new();
    crate::support::both::run(&cluster, async |cluster: &TestCluster| {
        let app = TestApp::on(cluster).start().await;
        every_kind_of_request(&app).await;
        let looked_at = async || Scrape::of(&app).await.text().contains("migrations_pending{");
        until("the shards have been looked at", looked_at).await;
        names = Scrape::of(&app).await.families.into_keys().collect();
    });
    names
}

/// Every metric that a text names.
fn named(text: &str) -> BTreeSet<String> {
    let is_name = |c: char| c.is_ascii_lowercase() || c == '_';
    let starts = text.match_indices("shardwright_").map(|(at, _)| &text[at..]);
    let names = starts.map(|rest| rest.split(|c| !is_name(c)).next().unwrap_or_default());
    let families = names.map(|name| {
        let parts = ["_bucket", "_count", "_sum"];
        parts.iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name).to_owned()
    });
    families.collect()
}

#[test]
fn the_manual_lists_every_metric_and_no_other() {
    let table: String = MONITORING.lines().filter(|line| line.starts_with('|')).collect();
    assert_eq!(named(&table), shown());
}

#[test]
fn the_dashboard_and_the_alerts_ask_for_metrics_that_there_are() {
    let shown = shown();
    let dashboard: Value = serde_json::from_str(GRAFANA).expect("it is JSON");
    let panels = dashboard["panels"].as_array().expect("it has panels");
    let mut queries = 0;
    for target in panels.iter().flat_map(|panel| panel["targets"].as_array().into_iter().flatten())
    {
        let query = target["expr"].as_str().expect("each has a query");
        assert!(!named(query).is_empty() && named(query).is_subset(&shown), "{query}");
        queries += 1;
    }
    assert!(queries >= 12, "{queries} queries");
    let alerts: serde_yaml_ng::Value = serde_yaml_ng::from_str(ALERTS).expect("it is YAML");
    let groups = alerts["groups"].as_sequence().expect("it has groups");
    let rules = groups.iter().flat_map(|group| group["rules"].as_sequence().expect("with rules"));
    let mut count = 0;
    for rule in rules {
        let query = rule["expr"].as_str().expect("each has a query");
        assert!(!named(query).is_empty() && named(query).is_subset(&shown), "{query}");
        let words = ["summary", "description"].map(|word| rule["annotations"][word].as_str());
        assert!(words.iter().all(Option::is_some), "{rule:?}");
        // What an alert says leads to what there is to be done.
        let name = rule["alert"].as_str().expect("each has a name");
        assert!(MONITORING.contains(name), "{name} is not in the manual");
        count += 1;
    }
    assert!(count >= 8, "{count} alerts");
}

#[test]
fn prometheus_takes_the_alerts() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/alerts/shardwright.rules.yml");
    let checked = Command::new("promtool").args(["check", "rules"]).arg(file).output();
    let checked = checked.expect("promtool is there: tests/setup promtool");
    assert!(checked.status.success(), "{checked:?}");
}
