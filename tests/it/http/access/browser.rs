//! The dashboard's door for browsers: a page with a field, and a cookie.

use rocket::http::{ContentType, Header, Method};
use rocket::local::asynchronous::LocalRequest;

use super::{SCOPES, expect_refused, get, guarded, mint};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::response::Response;

both_backends!(
    a_browser_gets_in_by_a_token_in_a_form,
    a_bad_token_gets_a_page_and_no_cookie,
    a_form_that_is_too_large_is_refused,
    a_form_is_one_by_its_kind,
    a_cookie_opens_the_dashboard_alone,
    a_cookie_is_for_tls_where_other_machines_are,
    an_old_browsers_form_is_known_by_its_origin,
    another_sites_form_is_refused,
    a_cookie_presses_the_dashboards_own_buttons_alone,
    without_a_key_there_is_nothing_to_log_in_to,
    without_a_key_another_sites_page_changes_nothing,
);

async fn login(app: &TestApp, token: &str) -> Response {
    let form = app.client().post("/dashboard/login").header(ContentType::Form);
    app.send(form.body(format!("token={token}"))).await
}

async fn with_cookie(app: &TestApp, path: &str, token: &str) -> Response {
    let cookie = ("shardwright-token", token.to_owned());
    app.send(app.client().get(path.to_owned()).cookie(cookie)).await
}

async fn a_browser_gets_in_by_a_token_in_a_form(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let page = expect_refused(app.get("/dashboard").await, false);
    assert!(page.is_page(), "{page}");
    assert!(page.text.contains("action=\"/dashboard/login\""), "{page}");
    assert!(page.text.contains("name=\"token\""), "{page}");
    assert!(page.text.contains("href=\"/problems/unauthorized\""), "{page}");
    // Nobody was refused anything yet, and on loopback there is no TLS.
    assert!(!page.text.contains("It stays closed") && !page.text.contains("TLS"), "{page}");
    assert_eq!(page.header("Cache-Control"), Some("no-store"));
    assert!(!page.text.contains("http"), "nothing from elsewhere: {page}");

    let token = mint::token(None, "admin");
    let welcome = login(&app, &token).await.expect(303);
    assert_eq!(welcome.header("Location"), Some("/dashboard"));
    let cookie = welcome.header("Set-Cookie").expect("a cookie");
    assert!(cookie.starts_with(&format!("shardwright-token={token};")), "{cookie}");
    for word in ["HttpOnly", "SameSite=Strict", "Path=/dashboard"] {
        assert!(cookie.contains(word), "{word} in {cookie}");
    }
    assert!(!cookie.contains("Secure"), "on loopback there is no TLS: {cookie}");
    let age = cookie.split("Max-Age=").nth(1).and_then(|rest| rest.split(';').next());
    let age: u32 = age.and_then(|age| age.parse().ok()).expect("an age");
    assert!((500..=600).contains(&age), "as long as the token: {cookie}");
    let inside = with_cookie(&app, "/dashboard", &token).await.expect(200);
    assert!(inside.text.contains("action=\"/dashboard/logout\""), "a way out: {inside}");

    let left = app.send(app.client().post("/dashboard/logout")).await.expect(303);
    let cookie = left.header("Set-Cookie").expect("a cookie");
    assert!(cookie.starts_with("shardwright-token=;"), "{cookie}");
    assert!(cookie.contains("Max-Age=0") && cookie.contains("Path=/dashboard"), "{cookie}");
}

async fn a_form_that_is_too_large_is_refused(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    for length in [40_000, 1 << 20] {
        let refused = login(&app, &"x".repeat(length)).await.expect(413);
        assert!(refused.is_page() && refused.header("Set-Cookie").is_none(), "{refused}");
        assert!(refused.text.contains("the body is larger than 32KiB"), "{refused}");
    }
    let limit = "[default.limits]\nform = '1 kB'";
    let app = guarded(cluster).config(limit).start().await;
    login(&app, &"x".repeat(1100)).await.expect(413);
    login(&app, &mint::token(None, "admin")).await.expect(303);
}

/// Of a body of another kind nothing is taken for a token.
async fn a_form_is_one_by_its_kind(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let body = format!("token={}", mint::token(None, "admin"));
    for kind in [ContentType::Form, ContentType::Plain, ContentType::JSON] {
        let is_form = kind == ContentType::Form;
        let post = app.client().post("/dashboard/login").header(kind).body(&body);
        let answer = app.send(post).await.expect(if is_form { 303 } else { 401 });
        assert_eq!(answer.header("Set-Cookie").is_some(), is_form, "{answer}");
    }
    let bare = app.client().post("/dashboard/login").body(&body);
    app.send(bare).await.expect(401);
    let garbled = app.client().post("/dashboard/login").header(ContentType::Form);
    app.send(garbled.body(b"token=\xff\xfe")).await.expect(401);
}

async fn a_bad_token_gets_a_page_and_no_cookie(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let no_admin = mint::token(Some("acme"), "orders:read stats:read");
    let long = "x".repeat(4000);
    for (token, status) in [("", 401), ("nonsense", 401), (&no_admin, 403), (&long, 403)] {
        let refused = login(&app, token).await.expect(status);
        assert!(refused.is_page(), "{refused}");
        assert!(refused.header("Set-Cookie").is_none(), "{refused}");
        assert_eq!(refused.text.contains("It stays closed"), !token.is_empty(), "{refused}");
        assert!(token.is_empty() || !refused.text.contains(token), "{refused}");
    }
    let empty = app.client().post("/dashboard/login").header(ContentType::Form).body("x=y");
    assert!(app.send(empty).await.expect(401).is_page());
    let script = login(&app, "%3Cscript%3E").await.expect(401);
    assert!(!script.text.contains("<script"), "{script}");
    let seen = with_cookie(&app, "/dashboard", &no_admin).await.expect(403);
    assert!(seen.is_page() && seen.text.contains("the scope admin"), "{seen}");
    expect_refused(with_cookie(&app, "/dashboard", "nonsense").await, true);
    get(&app, "/dashboard", &no_admin).await.expect(403);
}

/// A cookie comes along by itself, so it must not open what changes or shows rows.
async fn a_cookie_opens_the_dashboard_alone(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let token = mint::token(Some("acme"), &SCOPES.join(" "));
    with_cookie(&app, "/dashboard", &token).await.expect(200);
    for path in ["/orders/acme", "/users", "/stats", "/topology", "/route/orders/acme"] {
        expect_refused(with_cookie(&app, path, &token).await, false);
    }
    let cookie = ("shardwright-token", token.clone());
    let delete = app.client().delete("/orders/acme/01890a5d-ac96-774b-bcce-b302099a8057");
    expect_refused(app.send(delete.cookie(cookie.clone())).await, false);
    // A header is looked at first, so that a stale cookie is in nobody's way.
    let both = app.client().get("/dashboard").cookie(("shardwright-token", "x"));
    let bearer = Header::new("Authorization", format!("Bearer {token}"));
    app.send(both.header(bearer)).await.expect(200);
    let both = app.client().get("/dashboard").cookie(cookie);
    let nonsense = Header::new("Authorization", "Bearer nonsense");
    expect_refused(app.send(both.header(nonsense)).await, true);
}

async fn a_cookie_is_for_tls_where_other_machines_are(cluster: &TestCluster) {
    let app = guarded(cluster).config("[default]\naddress = '0.0.0.0'").start().await;
    let welcome = login(&app, &mint::token(None, "admin")).await.expect(303);
    let cookie = welcome.header("Set-Cookie").expect("a cookie");
    assert!(cookie.contains("; Secure"), "{cookie}");
    // Over plain HTTP a browser drops it without a word.
    let page = expect_refused(app.get("/dashboard").await, false);
    assert!(page.text.contains("This page wants TLS"), "{page}");
}

/// What browsers send that don't say whose page it is, and whether it is our own; `host` is what
/// they asked for.
const ORIGINS: [(&str, &str, bool); 5] = [
    ("http://shop.example:8000", "shop.example:8000", true),
    ("https://shop.example", "shop.example", true),
    ("http://other.example", "shop.example", false),
    ("http://shop.example:9000", "shop.example:8000", false),
    ("null", "shop.example", false),
];

fn from_page<'c>(
    request: LocalRequest<'c>,
    origin: &'static str,
    host: &'static str,
) -> LocalRequest<'c> {
    request.header(Header::new("Origin", origin)).header(Header::new("Host", host))
}

async fn an_old_browsers_form_is_known_by_its_origin(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let token = mint::token(None, "admin");
    let cookie = ("shardwright-token", token.clone());
    for (origin, host, is_own) in ORIGINS {
        for path in ["/dashboard/login", "/dashboard/logout"] {
            let form = app.client().post(path).header(ContentType::Form);
            let form = from_page(form, origin, host).body(format!("token={token}"));
            let answer = app.send(form).await.expect(if is_own { 303 } else { 403 });
            assert_eq!(answer.header("Set-Cookie").is_some(), is_own, "{answer}");
        }
        let press = app.client().post("/dashboard/look").cookie(cookie.clone());
        app.send(from_page(press, origin, host)).await.expect(if is_own { 303 } else { 401 });
        // A token that is no cookie does not come along by itself.
        let bearer = Header::new("Authorization", format!("Bearer {token}"));
        let press = app.client().post("/dashboard/look").header(bearer);
        app.send(from_page(press, origin, host)).await.expect(303);
    }
}

async fn another_sites_form_is_refused(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let token = mint::token(None, "admin");
    for (site, status) in [("cross-site", 403), ("same-site", 403), ("same-origin", 303)] {
        for path in ["/dashboard/login", "/dashboard/logout"] {
            let form = app.client().post(path).header(ContentType::Form);
            let form = form.header(Header::new("Sec-Fetch-Site", site));
            let answer = app.send(form.body(format!("token={token}"))).await.expect(status);
            assert_eq!(answer.header("Set-Cookie").is_some(), status == 303, "{answer}");
        }
    }
}

async fn a_cookie_presses_the_dashboards_own_buttons_alone(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let is_button = |path: &str| path.starts_with("/dashboard/") && !path.contains("/log");
    let routes = app.client().rocket().routes().filter(|route| route.method == Method::Post);
    let buttons: Vec<_> =
        routes.map(|r| r.uri.path().to_owned()).filter(|p| is_button(p)).collect();
    let cookie = ("shardwright-token", mint::token(None, "admin"));
    for path in buttons {
        for (site, refused) in [("cross-site", true), ("same-site", true), ("same-origin", false)] {
            let press = app.client().post(path.clone()).header(ContentType::Form);
            let press = press.cookie(cookie.clone());
            let answer = app.send(press.header(Header::new("Sec-Fetch-Site", site))).await;
            assert_eq!(answer.status == 401, refused, "{answer}");
        }
    }
    let press = app.client().post("/users").cookie(cookie);
    expect_refused(
        app.send(press.header(Header::new("Sec-Fetch-Site", "same-origin"))).await,
        false,
    );
}

async fn without_a_key_there_is_nothing_to_log_in_to(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let page = app.get("/dashboard").await.expect(200);
    assert!(!page.text.contains("logout"), "{page}");
    let welcome = login(&app, "whatever").await.expect(303);
    assert!(welcome.header("Set-Cookie").is_none(), "{welcome}");
}

/// A browser sends what a page of any site has it send, to this machine too.
async fn without_a_key_another_sites_page_changes_nothing(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let order = r#"{"tenant_id": "acme", "customer_id": "c", "total_cents": 1, "currency": "EUR"}"#;
    for (site, status) in
        [("cross-site", 403), ("same-site", 403), ("same-origin", 201), ("none", 201)]
    {
        let site = Header::new("Sec-Fetch-Site", site);
        let post = app.client().post("/orders").header(ContentType::Plain).header(site);
        app.send(post.body(order)).await.expect(status);
    }
    for (origin, host, is_own) in ORIGINS {
        let post = from_page(app.client().post("/orders"), origin, host).header(ContentType::Plain);
        let answer = app.send(post.body(order)).await.expect(if is_own { 201 } else { 403 });
        assert!(is_own || answer.str("detail").contains("`Host` header"), "{answer}");
        app.send(from_page(app.client().get("/health/live"), origin, host)).await.expect(200);
    }
    let looks =
        app.client().get("/health/live").header(Header::new("Sec-Fetch-Site", "cross-site"));
    app.send(looks).await.expect(200);
}
