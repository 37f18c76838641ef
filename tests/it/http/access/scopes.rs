//! What each scope opens, and that nothing is open by oversight.

use rocket::http::Method;

use super::{SCOPES, call, call_with, calls, expect_refused, get, guarded, mint};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::spec::operations;

both_backends!(
    each_scope_opens_its_own_routes,
    every_route_wants_the_scope_that_the_description_says,
    every_route_wants_a_token_or_is_public_by_name,
    without_a_key_nobody_needs_a_token,
    metrics_are_opened_by_configuration,
);

async fn each_scope_opens_its_own_routes(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let strange = ["", "openid profile", "orders", "orders:*", "*", "ADMIN", "users:readwrite"];
    for scope in SCOPES.into_iter().chain(strange) {
        let token = mint::token(Some("acme"), scope);
        for what in calls() {
            let answer = call(&app, &what, &token).await;
            if what.3 == scope {
                assert!([200, 201, 404].contains(&answer.status), "{scope}: {answer}");
                continue;
            }
            let answer = answer.expect(403);
            let challenge = format!(
                "Bearer realm=\"shardwright\", error=\"insufficient_scope\", scope=\"{}\"",
                what.3
            );
            assert_eq!(answer.header("WWW-Authenticate"), Some(challenge.as_str()), "{answer}");
            assert!(answer.is_page() || answer.str("type").ends_with("forbidden"), "{answer}");
        }
    }
    let all = mint::token(Some("acme"), &SCOPES.join(" "));
    for what in calls() {
        let answer = call(&app, &what, &all).await;
        assert!([200, 201, 404, 409].contains(&answer.status), "{answer}");
    }
}

async fn every_route_wants_the_scope_that_the_description_says(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let token = format!("Bearer {}", mint::token(Some("acme"), "openid"));
    for o in operations() {
        let method = o.method.to_uppercase().parse().expect("a method");
        let answer = call_with(&app, &(method, sample(o.path), None, ""), &[&token]).await;
        let challenge = answer.header("WWW-Authenticate").unwrap_or_default();
        let wanted = challenge.split_once("insufficient_scope\", scope=").map(|(_, scope)| scope);
        let described = o.value["security"][0]["bearer"][0].as_str();
        assert_eq!(wanted, described.map(|scope| format!("\"{scope}\"")).as_deref(), "{answer}");
        assert_eq!(answer.status == 403, described.is_some(), "{answer}");
    }
}

/// Routes that need no token, by their names.
fn is_public(method: Method, path: &str) -> bool {
    let looks = ["/health/", "/docs", "/problems"].iter().any(|folder| path.starts_with(folder));
    match method {
        Method::Get => looks || path == "/openapi.json",
        Method::Post => ["/dashboard/login", "/dashboard/logout"].contains(&path),
        _ => false,
    }
}

/// A path that the route matches.
fn sample(template: &str) -> String {
    let segment =
        |part: &str| if part.starts_with(['<', '{']) { "7".to_owned() } else { part.to_owned() };
    template.split('/').map(segment).collect::<Vec<_>>().join("/")
}

async fn every_route_wants_a_token_or_is_public_by_name(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let routes: Vec<_> = app.client().rocket().routes().cloned().collect();
    assert!(routes.len() > 15, "{routes:?}");
    let mut guarded = 0;
    for route in routes {
        let path = sample(route.uri.path());
        let what = (route.method, path.clone(), None, "");
        let answer = call_with(&app, &what, &[]).await;
        if path == "/dashboard/login" {
            assert!(answer.is_page(), "it asks for a token by itself: {answer}");
        } else if is_public(route.method, route.uri.path()) {
            assert_ne!(answer.status, 401, "{answer}");
        } else {
            expect_refused(answer, false);
            guarded += 1;
        }
    }
    assert!(guarded >= calls().len(), "only {guarded}");
}

async fn without_a_key_nobody_needs_a_token(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for what in calls() {
        for header in [&[][..], &["Bearer nonsense"]] {
            let answer = call_with(&app, &what, header).await;
            assert!([200, 201, 404, 409].contains(&answer.status), "{answer}");
        }
    }
}

async fn metrics_are_opened_by_configuration(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    if app.client().rocket().routes().all(|route| route.uri.path() != "/metrics") {
        return;
    }
    expect_refused(app.get("/metrics").await, false);
    get(&app, "/metrics", &mint::token(None, "stats:read")).await.expect(403);
    get(&app, "/metrics", &mint::token(None, "admin")).await.expect(200);
    drop(app);
    let app = guarded(cluster).config("public_metrics = true").start().await;
    app.get("/metrics").await.expect(200);
    expect_refused(app.get("/topology").await, false);
}
