//! A write that may or may not have taken effect: said so, and safe to ask for again.

use std::time::Duration;

use super::{all, order_of, tenants_on};
use crate::support::app::TestApp;
use crate::support::both::{eventually, postgres_only};
use crate::support::chaos::lock_table;
use crate::support::cluster::TestCluster;
use crate::support::response::Response;

postgres_only!(
    a_write_that_its_server_ended_is_done_by_its_retry,
    a_write_that_was_done_unheard_is_not_done_again,
    what_reads_or_never_began_is_of_no_unknown_outcome,
);

const LIMIT: Duration = Duration::from_secs(20);

async fn impatient(cluster: &TestCluster) -> TestApp {
    TestApp::on(cluster).config("[default.sharding]\ndeadline = '700ms'").start().await
}

async fn post(app: &TestApp, tenant: &str) -> Response {
    app.post_with("/orders", ("Idempotency-Key", "k-1"), &order_of(tenant)).await
}

fn assert_unknown(response: Response) {
    let response = response.expect(503);
    assert_eq!((response.str("outcome"), response.str("waited_for")), ("unknown", "statement"));
}

/// The order is there, once, and asking for it again and again makes no other.
async fn assert_done_once(app: &TestApp, cluster: &TestCluster, tenant: &str) {
    for _ in 0..2 {
        let retry = post(app, tenant).await.expect(201);
        let orders = app.get(&format!("/orders/{tenant}")).await.expect(200);
        assert_eq!(all(&orders, "order_id"), [retry.str("order_id")]);
    }
    assert_eq!(cluster.rows_per_shard("orders", "true").iter().sum::<i64>(), 1);
}

async fn a_write_that_its_server_ended_is_done_by_its_retry(cluster: &TestCluster) {
    let app = impatient(cluster).await;
    let tenant = tenants_on(&app, "shard-1", 1).await.remove(0);
    let locked = lock_table(cluster.server(1), "orders");
    let write = post(&app, &tenant).await.expect(503);
    assert_eq!(write.str("waited_for"), "statement");
    assert!(write.json["outcome"].is_null(), "{:?}", write.json);
    drop(locked);
    assert_eq!(cluster.rows_per_shard("orders", "true"), [0, 0, 0], "it had not been done");
    assert_done_once(&app, cluster, &tenant).await;
}

/// A server that waits for a standby there is not has committed by then, and can't say so.
async fn a_write_that_was_done_unheard_is_not_done_again(cluster: &TestCluster) {
    let app = impatient(cluster).await;
    let tenant = tenants_on(&app, "shard-1", 1).await.remove(0);
    let standbys = async |change: &str| {
        cluster.execute(1, &format!("ALTER SYSTEM {change}"));
        cluster.execute(1, "SELECT pg_reload_conf()");
    };
    standbys("SET synchronous_standby_names = 'nobody'").await;
    let set = "name = 'synchronous_standby_names' AND setting = 'nobody'";
    assert!(eventually(LIMIT, async || cluster.rows_per_shard("pg_settings", set)[1] == 1).await);
    assert_unknown(post(&app, &tenant).await);
    standbys("RESET synchronous_standby_names").await;
    let done = async || cluster.rows_per_shard("orders", "true") == [0, 1, 0];
    assert!(eventually(LIMIT, done).await, "it had been done");
    assert_done_once(&app, cluster, &tenant).await;
}

async fn what_reads_or_never_began_is_of_no_unknown_outcome(cluster: &TestCluster) {
    let app = impatient(cluster).await;
    let tenant = tenants_on(&app, "shard-1", 1).await.remove(0);
    let locked = lock_table(cluster.server(1), "orders");
    let read = app.get(&format!("/orders/{tenant}")).await.expect(503);
    assert_eq!(read.str("waited_for"), "statement");
    assert!(read.json["outcome"].is_null(), "{:?}", read.json);
    drop(locked);
    cluster.server(1).kill();
    let write = post(&app, &tenant).await.expect(503);
    assert!(write.json["outcome"].is_null(), "{:?}", write.json);
}
