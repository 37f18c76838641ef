//! The steps of an order's status: the legal ones, in order, and no others.

use futures::future::{join, join_all};
use serde_json::json;

use super::{create, order_of};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(statuses_go_forward, illegal_steps_conflict, a_lost_race_is_no_lost_step,);

async fn statuses_go_forward(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for steps in
        [["paid", "shipped", "delivered"].as_slice(), &["cancelled"], &["paid", "cancelled"]]
    {
        let path = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
        let mut expected = app.get(&path).await.expect(200).json;
        for step in steps {
            expected["status"] = json!(step);
            let changed = app.patch(&path, &json!({ "status": step })).await.expect(200);
            assert_eq!(changed.json, expected);
            assert_eq!(app.get(&path).await.expect(200).json, expected);
        }
    }
}

async fn illegal_steps_conflict(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let ways: [(&[&str], &str); 6] = [
        (&[], "delivered"),
        (&["paid"], "placed"),
        (&["cancelled"], "paid"),
        (&["paid", "shipped", "delivered"], "placed"),
        (&["paid", "shipped", "delivered"], "cancelled"),
        (&["paid", "cancelled"], "shipped"),
    ];
    for (steps, illegal) in ways {
        let path = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
        for step in steps {
            app.patch(&path, &json!({ "status": step })).await.expect(200);
        }
        app.patch(&path, &json!({ "status": illegal })).await.expect(409).shard();
        let status = steps.last().unwrap_or(&"placed");
        assert_eq!(app.get(&path).await.expect(200).str("status"), *status);
    }
}

async fn a_lost_race_is_no_lost_step(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let race = async |_| {
        let path = format!("/orders/acme/{}", create(&app, &order_of("acme")).await);
        let [paid, cancelled] = ["paid", "cancelled"].map(|status| json!({ "status": status }));
        let (paid, cancelled) = join(app.patch(&path, &paid), app.patch(&path, &cancelled)).await;
        // Paid before it was cancelled, or too late; whichever came first, the end is the same.
        assert!([200, 409].contains(&paid.status), "{paid}");
        cancelled.expect(200);
        assert_eq!(app.get(&path).await.expect(200).str("status"), "cancelled");
    };
    join_all((0..60).map(race)).await;
}
