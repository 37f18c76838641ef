//! `/health`: alive, fit for work, and how each shard is.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use futures::future::{join, join_all};
use serde_json::json;

use super::{order_of, user};
use crate::support::app::TestApp;
use crate::support::both::{both_backends, eventually, postgres_only};
use crate::support::cluster::TestCluster;
use crate::support::response::Response;

both_backends!(a_sound_service_is_live_and_ready, sound_shards_are_healthy);

postgres_only!(
    a_dead_shard_is_named,
    a_keyspace_without_shards_is_not_ready,
    a_frozen_shard_does_not_hold_up_the_answer,
    a_frozen_shard_holds_up_its_own_requests_alone,
    a_service_starts_with_a_dead_shard,
    a_service_starts_with_a_silent_shard_and_names_it,
);

/// `healthy` of every shard, in the order of their names.
fn healthy(health: &Response) -> Vec<(&str, bool)> {
    let shards = health.json.as_object().unwrap_or_else(|| panic!("no object: {health}"));
    let mut healthy: Vec<_> = shards
        .iter()
        .map(|(name, shard)| (name.as_str(), shard["healthy"].as_bool().expect("yes or no")))
        .collect();
    healthy.sort_unstable();
    healthy
}

/// More than the default thresholds take on a machine that is not itself frozen.
const NOTICED: Duration = Duration::from_secs(15);

/// Waits until the service has noticed that these shards are down.
async fn until_down(app: &TestApp, shards: &[&str]) {
    let down = async || {
        let health = app.get("/health/shards").await.expect(200).json;
        shards.iter().all(|shard| health[*shard]["healthy"] == false)
    };
    assert!(eventually(NOTICED, down).await, "{shards:?} are down, and nobody noticed");
}

async fn a_sound_service_is_live_and_ready(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    app.get("/health/live").await.expect(200);
    app.get("/health/ready").await.expect(200);
}

async fn sound_shards_are_healthy(cluster: &TestCluster) {
    let app = TestApp::on(cluster).config("[default.sharding.pool]\nmax_size = 3").start().await;
    let mut health = app.get("/health/shards").await.expect(200).json;
    assert_eq!(health.as_object().map(serde_json::Map::len), Some(3));
    for i in 0..3 {
        let shard = &mut health[format!("shard-{i}")];
        let numbers = ["pool_size", "pool_free", "latency_ms"].map(|name| shard[name].as_f64());
        let [Some(size), Some(free), Some(latency)] = numbers else { panic!("no number: {shard}") };
        // The question itself has opened a connection.
        assert!((1.0..=3.0).contains(&size) && (0.0..=size).contains(&free), "{shard}");
        assert!((0.0..1000.0).contains(&latency), "{shard}");
        assert_eq!(shard["backend"], cluster.backend());
        for (name, value) in [("pool_size", "[size]"), ("pool_free", "[free]")] {
            shard[name] = json!(value);
        }
        shard["backend"] = json!("[backend]");
        shard["latency_ms"] = json!("[ms]");
        let since = shard["since"].as_str().and_then(|since| since.parse::<DateTime<Utc>>().ok());
        assert!(since.is_some_and(|since| since <= Utc::now()), "{shard}");
        shard["since"] = json!("[since]");
    }
    insta::allow_duplicates! {
        insta::assert_json_snapshot!(health["shard-2"], @r#"
        {
          "backend": "[backend]",
          "breaker": "closed",
          "breaker_opened": 0,
          "healthy": true,
          "latency_ms": "[ms]",
          "pool_free": "[free]",
          "pool_size": "[size]",
          "since": "[since]"
        }
        "#);
    }
}

async fn a_dead_shard_is_named(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    cluster.server(1).kill();
    until_down(&app, &["shard-1"]).await;
    let health = app.get("/health/shards").await.expect(200);
    assert_eq!(healthy(&health), [("shard-0", true), ("shard-1", false), ("shard-2", true)]);
    assert_eq!(health.json["shard-1"]["backend"], "postgres", "{health}");
    let error = health.json["shard-1"]["error"].as_str();
    assert!(error.is_some_and(|error| !error.is_empty()), "{health}");
    // The other two still serve orders, and shard-0 serves users.
    app.get("/health/live").await.expect(200);
    app.get("/health/ready").await.expect(200);
}

async fn a_keyspace_without_shards_is_not_ready(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    // Orders still have shard-2; users live on these two.
    cluster.server(0).kill();
    cluster.server(1).kill();
    until_down(&app, &["shard-0", "shard-1"]).await;
    app.get("/health/ready").await.expect(503);
    app.get("/health/live").await.expect(200);
}

/// Before the freeze is noticed, while it is, and after: no answer waits for a probe, which takes
/// three seconds to fail.
async fn a_frozen_shard_does_not_hold_up_the_answer(cluster: &TestCluster) {
    let patient = "[default.sharding.health]\ntimeout = \"3s\"\nunhealthy_after = 1";
    let app = TestApp::on(cluster).config(patient).start().await;
    app.get("/health/shards").await.expect(200);
    cluster.server(2).freeze();
    let mut slowest = Duration::ZERO;
    let noticed = eventually(NOTICED, async || {
        let asked = Instant::now();
        let health = app.get("/health/shards").await.expect(200);
        app.get("/health/ready").await.expect(200);
        slowest = slowest.max(asked.elapsed());
        assert!(healthy(&health)[..2].iter().all(|(_, healthy)| *healthy), "{health}");
        !healthy(&health)[2].1
    });
    assert!(noticed.await, "the freeze was never noticed");
    assert!(slowest < Duration::from_secs(1), "{slowest:?}");
    cluster.server(2).thaw();
    let back = async || healthy(&app.get("/health/shards").await)[2].1;
    assert!(eventually(NOTICED, back).await, "it is back, and nobody noticed");
}

async fn a_frozen_shard_holds_up_its_own_requests_alone(cluster: &TestCluster) {
    let app = TestApp::on(cluster).config("[default.sharding]\ndeadline = \"2s\"").start().await;
    let frozen = &super::tenants_on(&app, "shard-2", 1).await[0];
    let living = &super::tenants_on(&app, "shard-1", 1).await[0];
    for tenant in [frozen, living] {
        app.post("/orders", &order_of(tenant)).await.expect(201);
    }
    cluster.server(2).freeze();
    let asked = Instant::now();
    let (frozen, living) = (format!("/orders/{frozen}"), format!("/orders/{living}"));
    // More than its pool has connections, so that some wait for their turn.
    let many = join_all((0..20).map(|_| app.get(&frozen)));
    let others = async {
        for _ in 0..20 {
            app.get(&living).await.expect(200);
        }
        asked.elapsed()
    };
    let (refused, others) = join(many, others).await;
    let all = asked.elapsed();
    for answer in refused {
        assert_eq!(answer.expect(503).shard(), "shard-2");
    }
    assert!(others < Duration::from_secs(2), "held up: {others:?}");
    // The deadline, and some for a machine with more to do.
    assert!(all < Duration::from_secs(4), "beyond the deadline: {all:?}");
    cluster.server(2).thaw();
    let back = async || app.get(&frozen).await.status == 200;
    assert!(eventually(Duration::from_secs(15), back).await);
}

async fn a_service_starts_with_a_dead_shard(cluster: &TestCluster) {
    cluster.server(1).kill();
    let app = TestApp::on(cluster).start().await;
    app.get("/health/ready").await.expect(200);
    app.post("/users", &user(7)).await.expect(201);
    app.post("/users", &user(50_007)).await.expect(503);
    let tenant = &super::tenants_on(&app, "shard-2", 1).await[0];
    app.post("/orders", &order_of(tenant)).await.expect(201);
}

async fn a_service_starts_with_a_silent_shard_and_names_it(cluster: &TestCluster) {
    // It accepts connections, so that only patience decides.
    let connect_timeout = "[default.sharding.pool]\nconnect_timeout = '20s'";
    cluster.server(1).freeze();
    let asked = std::time::Instant::now();
    let app = TestApp::on(cluster).config(connect_timeout).start().await;
    assert!(asked.elapsed() < Duration::from_secs(15), "{:?}", asked.elapsed());
    app.post("/users", &user(7)).await.expect(201);
    let health = app.get("/health/shards").await.expect(200);
    assert_eq!(healthy(&health), [("shard-0", true), ("shard-1", false), ("shard-2", true)]);
    assert_eq!(health.json["shard-1"]["error"], "no answer");
    cluster.server(1).thaw();
}
