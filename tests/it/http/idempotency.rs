//! `Idempotency-Key`: a retry gets the first answer, and nothing else does.

use futures::future::join_all;
use serde_json::json;

use super::{all, order_of, tenants_on};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    a_retry_gets_the_first_answer,
    concurrent_retries_make_one_order,
    concurrent_rivals_make_one_order,
    a_key_belongs_to_its_request,
    a_key_belongs_to_its_tenant,
    a_refused_request_does_not_use_up_its_key,
    keys_outlive_a_restart,
    unusual_keys_are_refused,
);

const KEY: &str = "Idempotency-Key";

async fn a_retry_gets_the_first_answer(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let first = app.post_with("/orders", (KEY, "k-1"), &order_of("acme")).await.expect(201);
    let path = first.header("Location").expect("where it is");
    app.patch(path, &json!({ "status": "paid" })).await.expect(200);
    let retry = app.post_with("/orders", (KEY, "k-1"), &order_of("acme")).await.expect(201);
    assert_eq!(retry.json, first.json);
    assert_eq!(retry.header("Location"), Some(path));
    assert_eq!(retry.shard(), first.shard());
    assert_ne!(retry.header("X-Request-Id"), first.header("X-Request-Id"));
    assert_eq!(app.get(path).await.expect(200).str("status"), "paid");
    for header in [(KEY, "k-2"), (KEY, "K-1"), ("X-Other", "k-1")] {
        let other = app.post_with("/orders", header, &order_of("acme")).await.expect(201);
        assert_ne!(other.json, first.json, "{header:?}");
    }
    assert_eq!(app.get("/orders/acme").await.expect(200).items().len(), 4);
}

async fn concurrent_retries_make_one_order(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let body = order_of("acme");
    let answers = join_all((0..20).map(|_| app.post_with("/orders", (KEY, "k"), &body))).await;
    let ids: Vec<_> =
        answers.into_iter().map(|a| a.expect(201).str("order_id").to_owned()).collect();
    assert_eq!(ids, vec![ids[0].clone(); 20]);
    assert_eq!(all(&app.get("/orders/acme").await, "order_id"), ids[..1]);
    assert_eq!(cluster.rows_per_shard("orders", "status = 'placed'").iter().sum::<i64>(), 1);
}

async fn concurrent_rivals_make_one_order(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let post = async |total: usize| {
        let mut order = order_of("acme");
        order["total_cents"] = json!(total);
        app.post_with("/orders", (KEY, "k"), &order).await.status
    };
    let mut statuses = join_all((0..20).map(post)).await;
    statuses.sort_unstable();
    assert_eq!(statuses[0], 201);
    assert!(statuses[1..].iter().all(|status| [409, 422].contains(status)), "{statuses:?}");
    assert_eq!(app.get("/orders/acme").await.expect(200).items().len(), 1);
}

async fn a_key_belongs_to_its_request(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let first = app.post_with("/orders", (KEY, "k"), &order_of("acme")).await.expect(201);
    let changes = [
        ("customer_id", json!("customer-2")),
        ("total_cents", json!(1)),
        ("currency", json!("USD")),
    ];
    for (field, value) in changes {
        let mut other = order_of("acme");
        other[field] = value;
        let refused = app.post_with("/orders", (KEY, "k"), &other).await;
        assert!([409, 422].contains(&refused.status), "{field}: {refused}");
    }
    let mut members: Vec<_> =
        order_of("acme").as_object().expect("an object").clone().into_iter().collect();
    members.reverse();
    let members = members.iter().map(|(name, value)| format!("  {name:?} : {value}"));
    let reordered = format!("{{{}}}", members.collect::<Vec<_>>().join(",\n"));
    let request = app.client().post("/orders").header(rocket::http::ContentType::JSON);
    let header = rocket::http::Header::new(KEY, "k");
    let retry = app.send(request.header(header).body(reordered)).await.expect(201);
    assert_eq!(retry.json, first.json);
    assert_eq!(app.get("/orders/acme").await.expect(200).items().len(), 1);
}

async fn a_key_belongs_to_its_tenant(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let mut tenants = tenants_on(&app, "shard-0", 2).await;
    tenants.extend(tenants_on(&app, "shard-1", 1).await);
    let mut ids = Vec::new();
    for tenant in &tenants {
        let created = app.post_with("/orders", (KEY, "k"), &order_of(tenant)).await.expect(201);
        ids.push(created.str("order_id").to_owned());
    }
    for (tenant, id) in tenants.iter().zip(&ids) {
        assert_eq!(all(&app.get(&format!("/orders/{tenant}")).await, "order_id"), [id.as_str()]);
    }
}

async fn a_refused_request_does_not_use_up_its_key(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let mut order = order_of("acme");
    order["total_cents"] = json!(-1);
    app.post_with("/orders", (KEY, "k"), &order).await.expect_fault("total_cents");
    app.post_with("/orders", (KEY, "k"), &order_of("acme")).await.expect(201);
}

async fn keys_outlive_a_restart(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let first = app.post_with("/orders", (KEY, "k"), &order_of("acme")).await.expect(201);
    drop(app);
    let app = TestApp::on(cluster).start().await;
    let retry = app.post_with("/orders", (KEY, "k"), &order_of("acme")).await.expect(201);
    assert_eq!(retry.json, first.json);
}

async fn unusual_keys_are_refused(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    // Digits that do not compress, beyond what an index of Postgres takes.
    let long: String =
        (0..300).map(|i: u64| format!("{:x}", i.wrapping_mul(0x9e37_79b9_7f4a_7c15))).collect();
    for key in ["", long.as_str()] {
        let refused = app.post_with("/orders", (KEY, key), &order_of("acme")).await;
        assert!((400..500).contains(&refused.status), "{refused}");
    }
    assert_eq!(app.get("/orders/acme").await.expect(200).json, json!([]));
}
