//! What the service's clients see of it: nothing.

use futures::future::join_all;
use serde_json::json;

use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(of_many_new_users_one_conflicts, each_reads_its_own_order);

async fn of_many_new_users_one_conflicts(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for round in 0..5 {
        let id = |n: i64| round * 100 + if n == 39 { 0 } else { n };
        let body = |n| json!({ "id": id(n), "name": format!("{n}"), "email": "a@example.org" });
        let bodies: Vec<_> = (0..40).map(body).collect();
        let answers = join_all(bodies.iter().map(|body| app.post("/users", body))).await;
        let mut statuses: Vec<_> = answers.iter().map(|answer| answer.status).collect();
        let (first, last) = (statuses[0], statuses[39]);
        assert!([(201, 409), (409, 201)].contains(&(first, last)), "{first} and {last}");
        statuses.sort_unstable();
        assert_eq!(statuses[..39], [201; 39]);
        let stored = app.get(&format!("/users/{}", id(0))).await.expect(200);
        assert_eq!(stored.str("name"), if first == 201 { "0" } else { "39" });
    }
    assert_eq!(cluster.rows_per_shard("users", "id = id"), [5 * 39, 0, 0]);
}

async fn each_reads_its_own_order(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let body = |n: i64| {
        let tenant = format!("tenant-{}", n % 10);
        json!({ "tenant_id": tenant, "customer_id": "c", "total_cents": n, "currency": "EUR" })
    };
    let bodies: Vec<_> = (0..60).map(body).collect();
    let created = join_all(bodies.iter().map(|body| app.post("/orders", body))).await;
    let mut paths = Vec::new();
    for (n, answer) in created.into_iter().enumerate() {
        paths.push(format!("/orders/tenant-{}/{}", n % 10, answer.expect(201).str("order_id")));
    }
    let read = join_all(paths.iter().map(|path| app.get(path))).await;
    for (n, answer) in read.into_iter().enumerate() {
        assert_eq!(answer.expect(200).json["total_cents"], n);
    }
    let strangers: Vec<_> = paths.iter().map(|path| path.replace("tenant-", "else-")).collect();
    for answer in join_all(strangers.iter().map(|path| app.get(path))).await {
        answer.expect(404);
    }
}
