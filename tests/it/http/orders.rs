//! `/orders`: made, read, moved on, deleted, each on its tenant's shard and by its tenant alone.

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::json;
use uuid::Uuid;

use super::{all, create, order_of, segment};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    an_order_is_created_and_read_back,
    an_order_lives_on_its_tenants_shard_alone,
    any_text_can_be_a_tenant,
    the_smallest_and_largest_totals_are_kept,
    a_deleted_order_is_gone,
    what_is_not_there_is_unknown,
    a_tenant_sees_its_own_orders_alone,
    a_small_pool_answers_many_at_once,
    a_restart_keeps_orders,
);

async fn an_order_is_created_and_read_back(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let before = Utc::now();
    let created = app.post("/orders", &order_of("acme")).await.expect(201);
    let id = created.str("order_id");
    assert_eq!(created.json, json!({ "order_id": id }));
    assert_eq!(Uuid::parse_str(id).expect("a UUID").get_version_num(), 7);
    let location = created.header("Location").expect("where it is");
    assert_eq!(location, format!("/orders/acme/{id}"));

    let read = app.get(location).await.expect(200);
    let created_at = read.str("created_at");
    assert_eq!(
        read.json,
        json!({
            "tenant_id": "acme", "order_id": id, "customer_id": "customer-1", "status": "placed",
            "total_cents": 1999, "currency": "EUR", "created_at": created_at,
        })
    );
    let at: DateTime<Utc> = created_at.parse().expect("RFC 3339");
    assert!(before - TimeDelta::seconds(1) <= at && at <= Utc::now(), "{at}");
    assert_eq!(app.get("/orders/acme").await.expect(200).json, json!([read.json]));
    assert_eq!(read.shard(), created.shard());
}

async fn an_order_lives_on_its_tenants_shard_alone(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let mut shards_seen = [false; 3];
    for i in 0..20 {
        let tenant = format!("tenant-{i}");
        let created = app.post("/orders", &order_of(&tenant)).await.expect(201);
        let route = app.get(&format!("/route/orders/{tenant}")).await.expect(200);
        let shard = route.str("shard");
        assert_eq!(created.shard(), shard);
        let order = created.header("Location").expect("where it is");
        assert_eq!(app.get(order).await.expect(200).shard(), shard);
        assert_eq!(app.get(&format!("/orders/{tenant}")).await.expect(200).shard(), shard);
        let paid = app.patch(order, &json!({ "status": "paid" })).await.expect(200);
        assert_eq!(paid.shard(), shard);

        let rows = cluster.rows_per_shard("orders", &format!("tenant_id = '{tenant}'"));
        let names = (0..cluster.len()).map(|i| format!("shard-{i}"));
        let expected: Vec<i64> = names.map(|name| (name == shard).into()).collect();
        assert_eq!(rows, expected);
        shards_seen[rows.iter().position(|&n| n == 1).expect("it is somewhere")] = true;

        assert_eq!(app.delete(order).await.expect(204).shard(), shard);
        assert_eq!(app.get(order).await.expect(404).shard(), shard);
    }
    assert_eq!(shards_seen, [true; 3]);
}

async fn any_text_can_be_a_tenant(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let tenants = [
        "a b",
        "a/b",
        "a?b#c",
        "100%",
        "%2F",
        "a+b",
        "..",
        "ü",
        "日本🍣",
        "'; DROP TABLE orders; --",
        "\"quoted\"",
        "back\\slash",
        "x ",
        " x",
        "X",
        "x",
        "e\u{301}",
        "\u{e9}",
    ];
    for tenant in tenants {
        let created = app.post("/orders", &order_of(tenant)).await.expect(201);
        let location = created.header("Location").expect("where it is");
        let order = app.get(location).await.expect(200);
        assert_eq!(order.json["tenant_id"], tenant);
        let path = format!("/orders/{}", segment(tenant));
        assert_eq!(app.get(&path).await.expect(200).json, json!([order.json]), "{tenant:?}");
    }
}

async fn the_smallest_and_largest_totals_are_kept(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for total in [0, i64::MAX] {
        let mut order = order_of("acme");
        order["total_cents"] = json!(total);
        let id = create(&app, &order).await;
        let read = app.get(&format!("/orders/acme/{id}")).await.expect(200);
        assert_eq!(read.json["total_cents"], total);
    }
}

async fn a_deleted_order_is_gone(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let [kept, gone] =
        [create(&app, &order_of("acme")).await, create(&app, &order_of("acme")).await];
    let path = format!("/orders/acme/{gone}");
    assert_eq!(app.delete(&path).await.expect(204).text, "");
    app.get(&path).await.expect(404);
    app.delete(&path).await.expect(404);
    app.patch(&path, &json!({ "status": "paid" })).await.expect(404);
    assert_eq!(all(&app.get("/orders/acme").await.expect(200), "order_id"), [kept]);
}

async fn what_is_not_there_is_unknown(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let path = "/orders/acme/01890a5d-ac96-774b-bcce-b302099a8057";
    app.get(path).await.expect(404).shard();
    app.delete(path).await.expect(404).shard();
    app.patch(path, &json!({ "status": "paid" })).await.expect(404).shard();
    let none = app.get("/orders/acme").await.expect(200);
    assert_eq!(none.json, json!([]));
    assert_eq!(none.next(), None);
}

async fn a_tenant_sees_its_own_orders_alone(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let shard = app.get("/route/orders/acme").await.str("shard").to_owned();
    let neighbour = &super::tenants_on(&app, &shard, 1).await[0];
    let id = create(&app, &order_of("acme")).await;
    let path = format!("/orders/{neighbour}/{id}");
    app.get(&path).await.expect(404);
    app.patch(&path, &json!({ "status": "paid" })).await.expect(404);
    app.delete(&path).await.expect(404);
    assert_eq!(app.get(&format!("/orders/{neighbour}")).await.json, json!([]));
    assert_eq!(app.get(&format!("/orders/acme/{id}")).await.str("status"), "placed");
}

async fn a_small_pool_answers_many_at_once(cluster: &TestCluster) {
    let pool = "[default.sharding.pool]\nmax_size = 2";
    let app = TestApp::on(cluster).config(pool).start().await;
    let one = async |i: usize| {
        let tenant = format!("tenant-{}", i % 40);
        if i.is_multiple_of(2) {
            app.post("/orders", &order_of(&tenant)).await.expect(201);
        } else {
            app.get(&format!("/orders/{tenant}")).await.expect(200);
        }
    };
    join_all((0..200).map(one)).await;
    let rows = cluster.rows_per_shard("orders", "status = 'placed'");
    assert_eq!(rows.iter().sum::<i64>(), 100);
}

async fn a_restart_keeps_orders(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let path = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
    let before = app.get(&path).await.expect(200).json;
    drop(app);
    let app = TestApp::on(cluster).start().await;
    assert_eq!(app.get(&path).await.expect(200).json, before);
    create(&app, &order_of("acme")).await;
    assert_eq!(app.get("/orders/acme").await.expect(200).items().len(), 2);
}
