//! `/route`: where a key lives and why.

use serde_json::{Value, json};

use crate::support::app::{BY_REGION, TestApp};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    a_range_is_explained,
    a_ring_point_is_explained,
    a_region_is_explained,
    a_pin_is_explained,
    what_has_no_route_is_refused,
);

/// A route without its reason, whose words are its own, but for what they must mention.
async fn route(app: &TestApp, path: &str, mentions: &[&str]) -> Value {
    let mut route = app.get(path).await.expect(200).json;
    let why = route["why"].to_string();
    for word in mentions {
        assert!(why.contains(word), "{word} in {why}");
    }
    route["why"] = json!("[why]");
    route
}

async fn a_range_is_explained(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let route = route(&app, "/route/users/49999", &["range", "50000"]).await;
    insta::allow_duplicates! {
        insta::assert_json_snapshot!(route, @r#"
        {
          "key": "49999",
          "keyspace": "users",
          "shard": "shard-0",
          "strategy": "range",
          "why": "[why]"
        }
        "#);
    }
}

async fn a_ring_point_is_explained(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let route = route(&app, "/route/orders/a%20b", &["MD5", "next point", " at ", "without"]).await;
    assert_eq!(route["keyspace"], "orders");
    assert_eq!(route["key"], "a b");
    assert_eq!(route["strategy"], "consistent_hash");
}

async fn a_region_is_explained(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    let route = route(&app, "/route/users/7?region=asia", &["region", "asia"]).await;
    assert_eq!(route["shard"], "shard-2");
    assert_eq!(route["strategy"], "region");
}

async fn a_pin_is_explained(cluster: &TestCluster) {
    let pins = "[default.sharding.keyspaces.orders.pins]\nacme = 'shard-2'\nother = 'shard-1'";
    let app = TestApp::on(cluster).config(pins).start().await;
    for (tenant, shard) in [("acme", "shard-2"), ("other", "shard-1")] {
        let route = route(&app, &format!("/route/orders/{tenant}"), &["pinned", "rule"]).await;
        assert_eq!(route["shard"], shard);
        assert_eq!(route["strategy"], "directory");
        let created = app.post("/orders", &super::order_of(tenant)).await.expect(201);
        assert_eq!(created.shard(), shard);
    }
}

async fn what_has_no_route_is_refused(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    app.get("/route/invoices/1").await.expect(404);
    app.get("/route/users").await.expect(404);
    for key in ["acme", "1.5", "9223372036854775808", "%00", "7%00"] {
        app.get(&format!("/route/users/{key}")).await.expect(422);
    }
    for key in ["%00", "a%00b"] {
        app.get(&format!("/route/orders/{key}")).await.expect(422);
    }
    app.get("/route/users/7?region=%00").await.expect_fault("region");
}
