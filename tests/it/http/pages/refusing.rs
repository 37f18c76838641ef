//! What the service refuses by itself, whatever its shards do; and what it can't help.

use serde_json::json;

use super::{expect_shown, expect_text_shown};
use crate::http::{create, order_of};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    pages_show_what_the_api_says,
    the_page_shows_what_a_tenant_over_its_limit_is_told,
    the_page_shows_what_is_said_of_a_mistake_of_ours,
);

const ORDER: &str = "/orders/tenant-abc/019a8d2c-5b7e-7c11-8d2a-3f6f2b9c1a40";

async fn pages_show_what_the_api_says(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    expect_shown("not-found", &app.get(ORDER).await);
    expect_shown("method-not-allowed", &app.send(app.client().put("/orders")).await);
    expect_shown("too-large", &app.post_text("/orders", "x".repeat(2 << 20)).await);

    let mut wrong = order_of("acme");
    wrong["total_cents"] = json!(-1);
    wrong["curency"] = json!("EUR");
    expect_shown("invalid", &app.post("/orders", &wrong).await);

    let order = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
    for status in ["paid", "shipped", "delivered"] {
        app.patch(&order, &json!({ "status": status })).await.expect(200);
    }
    expect_shown("conflict", &app.patch(&order, &json!({ "status": "cancelled" })).await);
}

async fn the_page_shows_what_a_tenant_over_its_limit_is_told(cluster: &TestCluster) {
    let limit = "[default.sharding.rate_limit]\nper_second = 1\nburst = 1";
    let app = TestApp::on(cluster).config(limit).start().await;
    // However slowly it goes, of so many some come within a second.
    for _ in 0..100 {
        let answer = app.get("/orders/acme").await;
        if answer.status == 429 {
            return expect_shown("too-many-requests", &answer);
        }
        answer.expect(200);
    }
    panic!("a hundred requests were within the limit");
}

/// A table that is gone behind the back of a service that has found it.
async fn the_page_shows_what_is_said_of_a_mistake_of_ours(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    app.get("/users/50001").await.expect(404);
    cluster.execute(1, "DROP TABLE users");
    // Not by the usual way, which takes no 500 for an answer.
    let answer = app.client().get("/users/50001").dispatch().await;
    let status = answer.status().code;
    let text = answer.into_string().await.unwrap_or_default();
    expect_text_shown("internal", status, &text);
}
