//! Who may call what, with which token.

mod browser;
mod forged;
mod forgery;
mod header;
mod limits;
mod log;
mod mint;
mod public_keys;
mod scopes;
mod tenants;
mod words;

use rocket::http::{ContentType, Header, Method};
use serde_json::{Value, json};

use super::{order_of, user};
use crate::support::app::{Builder, TestApp};
use crate::support::cluster::TestCluster;
use crate::support::response::Response;

/// Every scope there is.
const SCOPES: [&str; 6] =
    ["orders:read", "orders:write", "users:read", "users:write", "stats:read", "admin"];

/// An id that no order has.
const NO_ORDER: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// One way to call the service, and the scope it wants.
type Call = (Method, String, Option<Value>, &'static str);

/// A call of every route that wants a token; orders are acme's.
fn calls() -> Vec<Call> {
    let order = format!("/orders/acme/{NO_ORDER}");
    let paid = json!({ "status": "paid" });
    vec![
        (Method::Get, "/orders/acme".to_owned(), None, "orders:read"),
        (Method::Get, order.clone(), None, "orders:read"),
        (Method::Post, "/orders".to_owned(), Some(order_of("acme")), "orders:write"),
        (Method::Patch, order.clone(), Some(paid), "orders:write"),
        (Method::Delete, order, None, "orders:write"),
        (Method::Get, "/users".to_owned(), None, "users:read"),
        (Method::Get, "/users/7".to_owned(), None, "users:read"),
        (Method::Post, "/users".to_owned(), Some(user(7)), "users:write"),
        (Method::Get, "/stats".to_owned(), None, "stats:read"),
        (Method::Get, "/topology".to_owned(), None, "admin"),
        (Method::Get, "/route/orders/acme".to_owned(), None, "admin"),
        (Method::Get, "/dashboard".to_owned(), None, "admin"),
    ]
}

/// A service that wants tokens signed with [`mint::SECRET`].
fn guarded(cluster: &TestCluster) -> Builder<'_> {
    let secret = format!("[default.sharding.auth]\nhs256_secret = '{}'", mint::SECRET);
    TestApp::on(cluster).config(&secret)
}

/// Calls with these `Authorization` headers.
async fn call_with(
    app: &TestApp,
    (method, path, body, _): &Call,
    authorization: &[&str],
) -> Response {
    let mut request = app.client().req(*method, path.clone());
    if let Some(body) = body {
        request = request.header(ContentType::JSON).body(body.to_string());
    }
    for value in authorization {
        request.add_header(Header::new("Authorization", (*value).to_owned()));
    }
    app.send(request).await
}

/// Calls with a token.
async fn call(app: &TestApp, what: &Call, token: &str) -> Response {
    call_with(app, what, &[&format!("Bearer {token}")]).await
}

/// `GET` with a token.
async fn get(app: &TestApp, path: &str, token: &str) -> Response {
    call(app, &(Method::Get, path.to_owned(), None, ""), token).await
}

/// A 401 that asks for a token, or says that the one given does not count.
#[track_caller]
fn expect_refused(refused: Response, given: bool) -> Response {
    let refused = refused.expect(401);
    let error = if given { ", error=\"invalid_token\"" } else { "" };
    let challenge = format!("Bearer realm=\"shardwright\"{error}");
    assert_eq!(refused.header("WWW-Authenticate"), Some(challenge.as_str()), "{refused}");
    assert_eq!(refused.header("X-Shard"), None, "{refused}");
    if !refused.is_page() {
        let kind = refused.str("type");
        assert!(kind.ends_with("unauthorized"), "{refused}");
    }
    refused
}
