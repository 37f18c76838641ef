//! Requests that are no requests to this service at all: a problem document, and never a 500.

use rocket::http::{ContentType, Header};
use serde_json::json;

use super::{create, order_of, user};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::served::Served;

both_backends!(
    bodies_that_are_no_json_object_are_refused,
    a_body_of_3_mb_is_too_large,
    unknown_routes_are_unknown,
    other_methods_are_not_allowed,
    unheard_of_methods_are_not_allowed,
);

async fn bodies_that_are_no_json_object_are_refused(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let whole = order_of("acme").to_string();
    let deep = "[".repeat(100_000);
    let surrogate = whole.replace("acme", "\\ud800");
    let mut bodies = vec![
        b"".to_vec(),
        b"{".to_vec(),
        b"null".to_vec(),
        b"[]".to_vec(),
        b"7".to_vec(),
        b"\"text\"".to_vec(),
        b"not json".to_vec(),
        b"{'tenant_id': 1}".to_vec(),
        whole[..whole.len() - 1].into(),
        format!("{whole}{whole}").into(),
        deep.into(),
        surrogate.into(),
        whole.replace("acme", "\0").into(),
        whole.replace("acme", "a\nb").into(),
    ];
    let mut latin = whole.clone().into_bytes();
    latin[20] = 0xe9;
    bodies.push(latin);
    for path in ["/orders", "/users"] {
        for body in &bodies {
            let refused = app.post_text(path, body).await;
            assert!([400, 422].contains(&refused.status), "{refused}");
        }
    }
    let form = app.client().post("/orders").header(ContentType::Form).body("tenant_id=acme");
    let refused = app.send(form).await;
    assert!((400..500).contains(&refused.status), "{refused}");
    assert_eq!(cluster.rows_per_shard("orders", "status = status"), [0, 0, 0]);
}

async fn a_body_of_3_mb_is_too_large(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let path = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
    let mut order = order_of("acme");
    order["customer_id"] = json!("x".repeat(3 << 20));
    app.post("/orders", &order).await.expect(413);
    let mut user = user(7);
    user["name"] = json!("x".repeat(3 << 20));
    app.post("/users", &user).await.expect(413);
    app.patch(&path, &json!({ "status": "x".repeat(3 << 20) })).await.expect(413);
    let blank = format!("{}{}", order_of("acme"), " ".repeat(3 << 20));
    app.post_text("/orders", blank).await.expect(413);
    assert_eq!(app.get("/orders/acme").await.expect(200).items().len(), 1);
}

async fn unknown_routes_are_unknown(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for path in
        ["/", "/order", "/orders/a/b/c/d", "/health", "/users/7/orders", "/stats/all", "/%00"]
    {
        app.get(path).await.expect(404);
    }
    let html = app.client().get("/nowhere").header(Header::new("Accept", "text/html"));
    app.send(html).await.expect(404);
}

async fn other_methods_are_not_allowed(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (request, allow) in [
        (app.client().put("/orders"), "POST"),
        (app.client().get("/orders"), "POST"),
        (app.client().options("/users"), "GET, HEAD, POST"),
        (app.client().delete("/users/7"), "GET, HEAD"),
        (app.client().post(format!("/orders/acme/{id}")), "DELETE, GET, HEAD, PATCH"),
        (app.client().put("/health/live?x=1"), "GET, HEAD"),
    ] {
        let refused = app.send(request).await.expect(405);
        assert_eq!(refused.header("Allow"), Some(allow), "{refused}");
    }
    // What a form says of its method is not listened to.
    for form in ["_method=get", "&_method=get", "&&_method=delete"] {
        let post = app.client().post("/health/live").header(ContentType::Form).body(form);
        app.send(post).await.expect(405);
    }
    let whole = app.get("/health/live").await.expect(200);
    let head = app.client().head("/health/live").dispatch().await;
    assert_eq!(head.status().code, 200);
    assert_eq!(head.headers().get_one("Content-Type"), whole.header("Content-Type"));
    assert_eq!(head.into_string().await.unwrap_or_default(), "");
    let head = app.client().head("/orders").dispatch().await;
    assert_eq!((head.status().code, head.headers().get_one("Allow")), (405, Some("POST")));
}

/// Rocket knows nine methods, and looks for no route by another.
async fn unheard_of_methods_are_not_allowed(cluster: &TestCluster) {
    let served = Served::start(cluster);
    let ask = |what: &str| {
        let request = format!("{what} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        served.send(request.as_bytes()).to_lowercase()
    };
    let known = ask("QUERY /users?limit=1");
    assert!(known.starts_with("http/1.1 405 "), "{known}");
    assert!(known.contains("allow: get, head, post\r\n"), "{known}");
    assert!(known.contains("/problems/method-not-allowed"), "{known}");
    let unknown = ask("QUERY /nowhere");
    assert!(unknown.starts_with("http/1.1 400 "), "{unknown}");
    assert!(unknown.contains("/problems/http"), "{unknown}");
}
