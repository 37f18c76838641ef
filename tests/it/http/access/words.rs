//! What the pages of problems show is what the service says: the same title, and the same words
//! where they do not depend on the case.

use rocket::http::Method;
use serde_json::{Value, json};

use super::{call, call_with, guarded, mint};
use crate::http::{create, order_of};
use crate::support::app::TestApp;
use crate::support::both::{both_backends, postgres_only};
use crate::support::cluster::TestCluster;
use crate::support::response::Response;

both_backends!(
    pages_show_what_the_api_says,
    pages_show_what_those_without_the_right_token_are_told,
    the_page_shows_what_a_tenant_over_its_limit_is_told,
);

postgres_only!(the_page_shows_what_an_answer_without_a_shard_says);

const ORDER: &str = "/orders/tenant-abc/019a8d2c-5b7e-7c11-8d2a-3f6f2b9c1a40";

/// The document that the page of a kind shows.
fn shown(kind: &str) -> Value {
    let page = format!("{}/docs/src/reference/problems/{kind}.md", env!("CARGO_MANIFEST_DIR"));
    let page = std::fs::read_to_string(page).expect("every kind has one");
    let (_, rest) = page.split_once("```json\n").expect("it shows a document");
    let (shown, _) = rest.split_once("```").expect("what is opened is closed");
    serde_json::from_str(shown).expect("it is JSON")
}

/// Holds an answer against its kind's page, all but the request's id.
#[track_caller]
fn expect_shown(kind: &str, mut answer: Response) {
    let mut shown = shown(kind);
    shown["request_id"].take();
    answer.json["request_id"].take();
    assert_eq!(answer.json, shown, "{kind}.md");
}

async fn pages_show_what_the_api_says(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    expect_shown("not-found", app.get(ORDER).await);
    expect_shown("method-not-allowed", app.send(app.client().put("/orders")).await);
    expect_shown("too-large", app.post_text("/orders", "x".repeat(2 << 20)).await);

    let mut wrong = order_of("acme");
    wrong["total_cents"] = json!(-1);
    wrong["curency"] = json!("EUR");
    expect_shown("invalid", app.post("/orders", &wrong).await);

    let order = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
    for status in ["paid", "shipped", "delivered"] {
        app.patch(&order, &json!({ "status": status })).await.expect(200);
    }
    expect_shown("conflict", app.patch(&order, &json!({ "status": "cancelled" })).await);
}

async fn pages_show_what_those_without_the_right_token_are_told(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let place = (Method::Post, "/orders".to_owned(), Some(order_of("acme")), "orders:write");
    expect_shown("unauthorized", call_with(&app, &place, &[]).await);
    expect_shown("forbidden", call(&app, &place, &mint::token(Some("acme"), "orders:read")).await);

    // The page says of which tokens more is told.
    let expired =
        json!({ "exp": mint::in_seconds(-600), "tenant": "acme", "scope": "orders:write" });
    let another = mint::Signer::secret("another secret, of more than 32 bytes").token(&expired);
    let expired = mint::Signer::secret(mint::SECRET).token(&expired);
    for (token, detail) in [(expired, "the token has expired"), (another, "the token is not valid")]
    {
        assert_eq!(call(&app, &place, &token).await.expect(401).str("detail"), detail);
    }
}

async fn the_page_shows_what_a_tenant_over_its_limit_is_told(cluster: &TestCluster) {
    let limit = "[default.sharding.rate_limit]\nper_second = 1\nburst = 1";
    let app = TestApp::on(cluster).config(limit).start().await;
    // However slowly it goes, of so many some come within a second.
    for _ in 0..100 {
        let answer = app.get("/orders/acme").await;
        if answer.status == 429 {
            return expect_shown("too-many-requests", answer);
        }
        answer.expect(200);
    }
    panic!("a hundred requests were within the limit");
}

async fn the_page_shows_what_an_answer_without_a_shard_says(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    cluster.server(1).kill();
    expect_shown("incomplete", app.get("/stats").await);
}
