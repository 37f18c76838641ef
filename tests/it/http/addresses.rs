//! Paths and queries that name nothing there could be.

use serde_json::json;

use super::{create, order_of};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(bad_paths_are_refused, bytes_that_are_no_text_are_refused, bad_queries_are_refused,);

async fn bad_paths_are_refused(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let paid = json!({ "status": "paid" });
    for tenant in ["%00", "a%00b", &"x".repeat(5000)] {
        app.get(&format!("/orders/{tenant}")).await.expect_fault("tenant_id");
        let path = format!("/orders/{tenant}/{id}");
        app.get(&path).await.expect_fault("tenant_id");
        app.patch(&path, &paid).await.expect_fault("tenant_id");
        app.delete(&path).await.expect_fault("tenant_id");
    }
    let other_spellings = [id.replace('-', ""), format!("urn:uuid:{id}"), format!("%7B{id}%7D")];
    let none = ["7", "not-a-uuid", "01890a5d-ac96-774b-bcce-b302099a805", "%00", "x%00"];
    for id in none.map(str::to_owned).into_iter().chain(other_spellings) {
        let path = format!("/orders/acme/{id}");
        app.get(&path).await.expect_fault("order_id");
        app.patch(&path, &paid).await.expect_fault("order_id");
        app.delete(&path).await.expect_fault("order_id");
    }
    for id in [
        "seven",
        "1.5",
        "9223372036854775808",
        "-9223372036854775809",
        "0x7",
        "%00",
        "7%00",
        "%2B7",
        "7.0",
    ] {
        app.get(&format!("/users/{id}")).await.expect_fault("id");
    }
}

async fn bytes_that_are_no_text_are_refused(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for bytes in ["%ff", "%ed%a0%80", "a%80"] {
        app.get(&format!("/orders/{bytes}")).await.expect_fault("tenant_id");
        app.get(&format!("/users/{bytes}")).await.expect_fault("id");
        app.get(&format!("/users/7?region={bytes}")).await.expect_fault("region");
        app.get(&format!("/route/orders/{bytes}")).await.expect(422);
    }
}

async fn bad_queries_are_refused(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let order = create(&app, &order_of("acme")).await;
    let beyond = "9223372036854775808";
    for path in ["/orders/acme", "/users"] {
        for limit in ["0", "101", "-1", "%2B5", "ten", "", "1.5", beyond, "%00", "1%00"] {
            app.get(&format!("{path}?limit={limit}")).await.expect_fault("limit");
        }
        app.get(&format!("{path}?limit=5&limit=6")).await.expect_fault("limit");
        let cursors =
            ["", "garbage", "%00", "AAAA", "e30=", "%ff", "🦀", &order, &"A".repeat(5000)];
        for cursor in cursors.map(super::segment) {
            // Percent signs were meant as such by some, and are encoded twice: still no cursor.
            app.get(&format!("{path}?after={cursor}")).await.expect_fault("after");
        }
        for cursor in ["%00", "%ff", "A%00"] {
            app.get(&format!("{path}?after={cursor}")).await.expect_fault("after");
        }
    }
    for offset in ["-1", "ten", "", "1.5", beyond, "%00"] {
        app.get(&format!("/orders/acme?offset={offset}")).await.expect_fault("offset");
    }
    app.get("/orders/acme?offset=1&offset=1").await.expect_fault("offset");
    for path in ["/stats", "/users"] {
        app.get(&format!("{path}?partial=perhaps")).await.expect_fault("partial");
    }
    for region in ["%00", "e%00u"] {
        app.get(&format!("/users/7?region={region}")).await.expect_fault("region");
    }
}
