//! A tenant's token opens that tenant's orders, and says nothing of another's.

use rocket::http::Method;
use serde_json::{Value, json};

use super::{Call, NO_ORDER, SCOPES, call, get, guarded, mint, order_of};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::response::Response;

both_backends!(
    a_tenant_gets_its_own_orders_alone,
    what_is_not_yours_looks_the_same_whether_it_is_there_or_not,
    what_is_not_yours_is_not_even_looked_for,
    a_token_without_a_tenant_gets_no_orders,
    names_that_look_alike_are_not_the_same,
    users_and_stats_are_by_scope_alone,
);

fn token_of(tenant: &str) -> String {
    mint::token(Some(tenant), &SCOPES.join(" "))
}

/// Posts an order of a tenant's with its token, and gives the id.
async fn place(app: &TestApp, tenant: &str) -> String {
    let what = (Method::Post, "/orders".to_owned(), Some(order_of(tenant)), "");
    call(app, &what, &token_of(tenant)).await.expect(201).str("order_id").to_owned()
}

/// Everything that can be asked of an order of a tenant's.
fn asked(tenant: &str, id: &str) -> Vec<Call> {
    let path = format!("/orders/{}/{id}", super::super::segment(tenant));
    let list = path.rsplit_once('/').expect("an order").0.to_owned();
    let paid = json!({ "status": "paid" });
    vec![
        (Method::Get, path.clone(), None, ""),
        (Method::Patch, path.clone(), Some(paid), ""),
        (Method::Delete, path, None, ""),
        (Method::Get, list.clone(), None, ""),
        (Method::Get, format!("{list}?limit=1&offset=5"), None, ""),
        (Method::Post, "/orders".to_owned(), Some(order_of(tenant)), ""),
    ]
}

/// A refused answer without what differs from call to call.
#[track_caller]
fn refusal(answer: Response) -> Value {
    let answer = answer.expect(403);
    assert_eq!(answer.header("X-Shard"), None, "{answer}");
    assert!(answer.str("type").ends_with("forbidden"), "{answer}");
    let mut problem = answer.json;
    problem.as_object_mut().expect("an object").remove("request_id");
    problem
}

async fn a_tenant_gets_its_own_orders_alone(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let id = place(&app, "acme").await;
    let path = format!("/orders/acme/{id}");
    get(&app, &path, &token_of("acme")).await.expect(200).shard();
    let idempotent = app
        .client()
        .post("/orders")
        .header(rocket::http::ContentType::JSON)
        .header(rocket::http::Header::new("Idempotency-Key", "k"))
        .header(rocket::http::Header::new("Authorization", format!("Bearer {}", token_of("other"))))
        .body(order_of("acme").to_string());
    refusal(app.send(idempotent).await);
    for what in asked("acme", &id) {
        refusal(call(&app, &what, &token_of("other")).await);
    }
    let own = get(&app, "/orders/acme", &token_of("acme")).await.expect(200);
    assert_eq!(own.items().len(), 1, "nothing was added or taken: {own}");
    assert_eq!(own.json[0]["status"], "placed");
    // Under its own name the other finds nothing of it either.
    get(&app, &format!("/orders/other/{id}"), &token_of("other")).await.expect(404);
}

async fn what_is_not_yours_looks_the_same_whether_it_is_there_or_not(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let id = place(&app, "acme").await;
    let spy = token_of("spy");
    let constant = refusal(get(&app, "/orders/nobody", &spy).await);
    let there = asked("acme", &id);
    let not_there = asked("acme", NO_ORDER).into_iter().chain(asked("nobody", NO_ORDER));
    for what in there.into_iter().chain(not_there) {
        assert_eq!(refusal(call(&app, &what, &spy).await), constant, "{what:?}");
    }
}

/// The table is gone: whoever looks into it fails, and who was refused did not look.
async fn what_is_not_yours_is_not_even_looked_for(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let id = place(&app, "acme").await;
    cluster.execute_everywhere("ALTER TABLE orders RENAME TO orders_elsewhere");
    for what in asked("acme", &id).into_iter().chain(asked("acme", NO_ORDER)) {
        refusal(call(&app, &what, &token_of("other")).await);
    }
    let header = rocket::http::Header::new("Authorization", format!("Bearer {}", token_of("acme")));
    let looked = app.client().get("/orders/acme").header(header).dispatch().await;
    assert!(looked.status().code >= 500, "its own is looked for: {}", looked.status());
}

async fn a_token_without_a_tenant_gets_no_orders(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    let id = place(&app, "acme").await;
    let token = mint::token(None, &SCOPES.join(" "));
    let constant = refusal(get(&app, "/orders/nobody", &token).await);
    for what in asked("acme", &id) {
        assert_eq!(refusal(call(&app, &what, &token).await), constant, "{what:?}");
    }
}

async fn names_that_look_alike_are_not_the_same(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    for (own, other) in [
        ("acme", "Acme"),
        ("acme", "acme "),
        ("acme", "acm"),
        ("acme", "acme-2"),
        ("acme", "%61cme"),
        ("e\u{301}", "\u{e9}"),
        ("7", "07"),
        ("a/b", "a"),
    ] {
        for (own, other) in [(own, other), (other, own)] {
            let path = format!("/orders/{}", super::super::segment(other));
            refusal(get(&app, &path, &token_of(own)).await);
            get(&app, &path, &token_of(other)).await.expect(200);
        }
    }
}

async fn users_and_stats_are_by_scope_alone(cluster: &TestCluster) {
    let app = guarded(cluster).start().await;
    for token in [token_of("acme"), mint::token(None, "stats:read users:read")] {
        get(&app, "/stats", &token).await.expect(200);
        get(&app, "/users", &token).await.expect(200);
    }
}
