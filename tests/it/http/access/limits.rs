//! A tenant that asks too much is told to wait, and others don't notice.

use std::time::Instant;

use super::{SCOPES, get, guarded, mint};
use crate::http::tenants_on;
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    one_tenants_requests_are_limited_and_anothers_are_not,
    a_token_is_limited_on_other_routes_too,
    without_a_limit_there_is_none,
);

const LIMIT: &str = "[default.sharding.rate_limit]\nper_second = 1\nburst = 3";

async fn one_tenants_requests_are_limited_and_anothers_are_not(cluster: &TestCluster) {
    let app = TestApp::on(cluster).config(LIMIT).start().await;
    let tenants = tenants_on(&app, "shard-1", 2).await;
    let [greedy, modest] = tenants.as_slice() else { panic!("two of them") };
    let (began, mut served, mut refused) = (Instant::now(), 0, 0);
    for _ in 0..20 {
        let answer = app.get(&format!("/orders/{greedy}")).await;
        if answer.status == 200 {
            served += 1;
            continue;
        }
        let answer = answer.expect(429);
        assert!(answer.str("type").ends_with("too-many-requests"), "{answer}");
        assert_eq!(answer.header("Retry-After"), Some("1"), "{answer}");
        assert_eq!(answer.header("X-Shard"), None, "no shard was asked: {answer}");
        refused += 1;
    }
    let allowed = 3 + 1 + began.elapsed().as_secs();
    assert!(served >= 3 && served <= allowed, "{served} of 20, and {allowed} are allowed");
    assert!(refused > 0, "within {:?}", began.elapsed());
    for _ in 0..3 {
        let served = app.get(&format!("/orders/{modest}")).await.expect(200);
        assert_eq!(served.shard(), "shard-1");
    }
    for _ in 0..10 {
        app.get("/users").await.expect(200);
    }
}

async fn a_token_is_limited_on_other_routes_too(cluster: &TestCluster) {
    let app = guarded(cluster).config(LIMIT).start().await;
    let all = SCOPES.join(" ");
    let (tenant, service) = (mint::token(Some("acme"), &all), mint::token(None, &all));
    let mut refused = 0;
    for _ in 0..20 {
        let answer = get(&app, "/users", &tenant).await;
        assert!([200, 429].contains(&answer.status), "{answer}");
        refused += usize::from(answer.status == 429);
        get(&app, "/users", &service).await.expect(200);
    }
    assert!(refused > 0);
    // No page that asks for another token: this one is good.
    for _ in 0..5 {
        let answer = get(&app, "/dashboard", &tenant).await;
        let waits = answer.header("Retry-After").is_some() && !answer.is_page();
        assert!(answer.status == 200 || (answer.status == 429 && waits), "{answer}");
    }
    // It is one account: what was spent on users is missing for orders.
    let answer = get(&app, "/orders/acme", &tenant).await;
    assert!([200, 429].contains(&answer.status), "{answer}");
    get(&app, "/orders/other", &mint::token(Some("other"), &all)).await.expect(200);
}

async fn without_a_limit_there_is_none(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for _ in 0..50 {
        app.get("/orders/acme").await.expect(200);
    }
}
