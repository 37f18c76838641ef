//! Fields of bodies that are missing, of the wrong type or beyond what they may hold.

use serde_json::{Value, json};

use super::{create, order_of, user};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    bad_fields_of_an_order_are_named,
    bad_fields_of_a_user_are_named,
    all_bad_fields_are_named_at_once,
    bad_statuses_are_refused,
);

/// Values that no text field takes.
fn no_text() -> Vec<Value> {
    vec![
        json!(7),
        json!(null),
        json!(true),
        json!(["a"]),
        json!({ "a": 1 }),
        json!(""),
        json!("a\0b"),
    ]
}

/// Values that no field of whole numbers takes.
fn no_integer() -> Vec<Value> {
    let beyond: Value = json!(i64::MAX as u64 + 1);
    vec![
        json!("7"),
        json!(null),
        json!(false),
        json!([7]),
        json!({}),
        json!(1.5),
        json!(1e300),
        beyond,
    ]
}

/// Posts `body` with each of the values in `field`, and once without the field.
async fn refuses(app: &TestApp, path: &str, body: Value, field: &str, values: Vec<Value>) {
    let mut without = body.clone();
    without.as_object_mut().expect("an object").remove(field);
    app.post(path, &without).await.expect_fault(field);
    for value in values {
        let mut body = body.clone();
        body[field] = value;
        app.post(path, &body).await.expect_fault(field);
    }
}

async fn bad_fields_of_an_order_are_named(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let order = || order_of("acme");
    let mut tenants = no_text();
    tenants.push(json!("x".repeat(5000)));
    refuses(&app, "/orders", order(), "tenant_id", tenants).await;
    refuses(&app, "/orders", order(), "customer_id", no_text()).await;
    let mut totals = no_integer();
    totals.extend([json!(-1), json!(i64::MIN)]);
    refuses(&app, "/orders", order(), "total_cents", totals).await;
    let mut currencies = no_text();
    currencies.extend(["EU", "EURO", "E R", "E\0R", "12€", "日本国"].map(Value::from));
    refuses(&app, "/orders", order(), "currency", currencies).await;
    assert_eq!(cluster.rows_per_shard("orders", "status = status"), [0, 0, 0]);
    create(&app, &order()).await;
}

async fn bad_fields_of_a_user_are_named(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    refuses(&app, "/users", user(7), "id", no_integer()).await;
    refuses(&app, "/users", user(7), "name", no_text()).await;
    refuses(&app, "/users", user(7), "email", no_text()).await;
    for region in no_text().into_iter().filter(|value| !value.is_null()) {
        let mut user = user(7);
        user["region"] = region;
        app.post("/users", &user).await.expect_fault("region");
    }
    assert_eq!(cluster.rows_per_shard("users", "id = id"), [0, 0, 0]);
    app.post("/users", &user(7)).await.expect(201);
}

async fn all_bad_fields_are_named_at_once(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let body = json!({ "tenant_id": "a\0", "customer_id": "", "total_cents": -1 });
    let refused = app.post("/orders", &body).await.expect(422);
    let errors = refused.json["errors"].as_array().expect("a list");
    let mut fields: Vec<_> = errors.iter().filter_map(|e| e["field"].as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["currency", "customer_id", "tenant_id", "total_cents"]);
}

async fn bad_statuses_are_refused(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let path = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
    let mut statuses = no_text();
    statuses.extend(["lost", "Paid", "paid ", "placed\0"].map(Value::from));
    for status in statuses {
        app.patch(&path, &json!({ "status": status })).await.expect_fault("status");
    }
    app.patch(&path, &json!({})).await.expect_fault("status");
    assert_eq!(app.get(&path).await.expect(200).str("status"), "placed");
}
