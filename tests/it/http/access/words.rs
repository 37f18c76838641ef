//! What the pages of problems show to those without the right token is what they are told.

use rocket::http::Method;
use serde_json::json;

use super::{call, call_with, guarded, mint};
use crate::http::order_of;
use crate::http::pages::expect_shown;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(pages_show_what_those_without_the_right_token_are_told);

async fn pages_show_what_those_without_the_right_token_are_told(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let place = (Method::Post, "/orders".to_owned(), Some(order_of("acme")), "orders:write");
    expect_shown("unauthorized", &call_with(&app, &place, &[]).await);
    let reader = mint::token(Some("acme"), "orders:read");
    expect_shown("forbidden", &call(&app, &place, &reader).await);

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
