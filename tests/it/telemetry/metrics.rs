//! `/metrics` counts what was done, by names of a bounded number.

use serde_json::json;

use super::exposition::Scrape;
use crate::support::app::TestApp;
use crate::support::both::{SHARDS, both_backends};
use crate::support::cluster::TestCluster;
use crate::support::until::until;

both_backends!(
    requests_are_counted_by_their_route_and_status,
    calls_are_counted_by_their_shard,
    names_and_units_are_as_prometheus_has_them,
    what_is_so_now_is_read_when_it_is_asked_for,
);

/// One request of every kind that leaves a trace in the metrics.
pub(super) async fn every_kind_of_request(app: &TestApp) {
    let order = json!({
        "tenant_id": "tenant-secret", "customer_id": "c", "total_cents": 1, "currency": "EUR"
    });
    let id = app.post("/orders", &order).await.expect(201).str("order_id").to_owned();
    app.get(&format!("/orders/tenant-secret/{id}")).await.expect(200);
    app.get("/orders/tenant-secret").await.expect(200);
    let paid = json!({ "status": "paid" });
    app.patch(&format!("/orders/tenant-secret/{id}"), &paid).await.expect(200);
    app.get("/stats").await.expect(200);
    app.get("/orders/tenant-secret/no-id").await.expect(422);
    app.get("/no/such/secret/place").await.expect(404);
    app.delete("/no/such/secret/place").await.expect(404);
}

async fn requests_are_counted_by_their_route_and_status(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    every_kind_of_request(&app).await;
    let scrape = Scrape::of(&app).await;
    for (labels, count) in [
        (r#"method="POST",route="/orders",status="201""#, 1),
        (r#"method="GET",route="/orders/<tenant>/<id>",status="200""#, 1),
        (r#"method="GET",route="/orders/<tenant>/<id>",status="422""#, 1),
        (r#"method="GET",route="unmatched",status="404""#, 1),
        (r#"method="DELETE",route="unmatched",status="404""#, 1),
    ] {
        let series = format!("shardwright_http_requests_total{{{labels}}}");
        assert_eq!(scrape.count(&series), count, "{series}");
    }
    // The first one of a series that was not there yet would be no increase.
    let bugs = r#"shardwright_http_requests_total{method="PATCH",route="/orders/<tenant>/<id>",status="500"}"#;
    assert_eq!(scrape.get(bugs), Some(0.0));
    let took = "shardwright_http_request_duration_seconds";
    let route = r#"method="GET",route="/orders/<tenant>/<id>""#;
    assert_eq!(scrape.count(&format!("{took}_count{{{route}}}")), 2);
    let sum = scrape.get(&format!("{took}_sum{{{route}}}")).expect("it is there");
    assert!(sum > 0.0 && sum < 60.0, "{sum}");
    assert!(!scrape.text().contains("secret"), "a label from a request:\n{}", scrape.text());
    let before = scrape.text().lines().count();
    for i in 0..20 {
        app.get(&format!("/elsewhere-{i}")).await.expect(404);
        app.get(&format!("/orders/tenant-{i}")).await.expect(200);
    }
    // Other shards may have had their first read.
    let after = Scrape::of(&app).await.text().lines().count();
    assert!(after < before + SHARDS * 60, "{before} lines, then {after}");
}

async fn calls_are_counted_by_their_shard(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let user = |id: i64| json!({ "id": id, "name": "Ada", "email": "ada@example.org" });
    for id in 1..=5 {
        app.post("/users", &user(id)).await.expect(201);
        app.get(&format!("/users/{id}")).await.expect(200);
    }
    app.post("/users", &user(1)).await.expect(409);
    app.get("/stats").await.expect(200);
    let scrape = Scrape::of(&app).await;
    let of = |name: &str, labels: &str| {
        scrape.count(&format!("shardwright_shard_{name}{{{labels}shard=\"shard-0\"}}"))
    };
    assert_eq!(of("call_duration_seconds_count", r#"access="insert","#), 6);
    // Five finds, and its part of the statistics.
    assert_eq!(of("call_duration_seconds_count", r#"access="read","#), 6);
    assert_eq!(of("query_duration_seconds_count", r#"access="read","#), 6);
    assert_eq!(of("batch_rows_sum", r#"access="read","#), 5);
    assert!(of("permit_wait_seconds_count", "") >= 12);
    assert!(of("connection_wait_seconds_count", "") >= 12);
    assert_eq!(of("failures_total", r#"class="constraint","#), 1);
    assert_eq!(of("failures_total", r#"class="unreachable","#), 0, "it is there from the start");
    let fan_out = "shardwright_scatter_fan_out_shards";
    assert_eq!(scrape.count(&format!("{fan_out}_count{{keyspace=\"orders\"}}")), 1);
    assert_eq!(scrape.count(&format!("{fan_out}_sum{{keyspace=\"orders\"}}")), SHARDS as u64);
    assert_eq!(scrape.count("shardwright_scatter_partial_total{keyspace=\"orders\"}"), 0);
}

async fn names_and_units_are_as_prometheus_has_them(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    every_kind_of_request(&app).await;
    let scrape = Scrape::of(&app).await;
    for (name, kind) in &scrape.families {
        assert!(name.starts_with("shardwright_"), "{name}");
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name}");
        assert_eq!(kind == "counter", name.ends_with("_total"), "{name} is a {kind}");
        assert!(!["_ms", "_millis", "_micros", "_us"].iter().any(|u| name.ends_with(u)), "{name}");
        if kind == "histogram" {
            let units = ["_seconds", "_rows", "_shards"];
            assert!(units.iter().any(|unit| name.ends_with(unit)), "{name}");
        }
    }
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(scrape.count(&format!("shardwright_build_info{{version=\"{version}\"}}")), 1);
}

async fn what_is_so_now_is_read_when_it_is_asked_for(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    every_kind_of_request(&app).await;
    // They are looked at in the background.
    let looked_at = async || {
        let scrape = Scrape::of(&app).await;
        scrape.like("shardwright_migrations_pending").count() == SHARDS
    };
    until("all shards have been looked at", looked_at).await;
    let scrape = Scrape::of(&app).await;
    for i in 0..SHARDS {
        let of = |name: &str| scrape.count(&format!("shardwright_{name}{{shard=\"shard-{i}\"}}"));
        assert_eq!((of("shard_up"), of("migrations_pending"), of("schema_drifted")), (1, 0, 0));
        assert_eq!(of("shard_pool_max_connections"), 8);
        assert!(of("shard_pool_connections") <= 8);
        assert!(of("shard_pool_idle_connections") <= of("shard_pool_connections"));
        assert!(of("shard_permits_free") <= 8);
        assert_eq!((of("shard_pending_calls"), of("shard_breaker_opened_total")), (0, 0));
        let state = |state: &str| {
            let labels = format!("shard=\"shard-{i}\",state=\"{state}\"");
            scrape.count(&format!("shardwright_shard_breaker_state{{{labels}}}"))
        };
        assert_eq!((state("closed"), state("open"), state("half_open")), (1, 0, 0));
    }
}
