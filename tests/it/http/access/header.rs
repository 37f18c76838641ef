//! How a token is handed over.

use super::{SCOPES, call_with, calls, expect_refused, guarded, mint};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(a_token_stands_in_one_header);

async fn a_token_stands_in_one_header(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let list = &calls()[0];
    let token = mint::token(Some("acme"), &SCOPES.join(" "));
    let bearer = format!("Bearer {token}");
    for scheme in ["Bearer", "bearer", "BEARER", "Bearer  "] {
        call_with(&app, list, &[&format!("{scheme} {token}")]).await.expect(200);
    }
    for none in [&[][..], &[""], &["Bearer"], &["Bearer "], &[&token], &["Basic YWRtaW46"]] {
        expect_refused(call_with(&app, list, none).await, false);
    }
    let words = format!("Bearer {token} {token}");
    let list_of_two = format!("{bearer}, {bearer}");
    let quoted = format!("Bearer \"{token}\"");
    for garbled in [
        &[bearer.as_str(), bearer.as_str()][..],
        &[&bearer, "Basic YWRtaW46"],
        &["", &bearer],
        &[&words],
        &[&list_of_two],
        &[&quoted],
    ] {
        expect_refused(call_with(&app, list, garbled).await, true);
    }
}
