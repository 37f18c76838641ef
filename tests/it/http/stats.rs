//! `/stats`: sums over all shards that are exact, or say what they lack.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{QueryableByName, RunQueryDsl, SqliteConnection, sql_query, sql_types};
use futures::future::join_all;
use serde_json::json;
use shardwright::config::{DatabaseUrl, PoolSettings};
use shardwright::shard::{Connect, Session};

use super::{create, order_of, tenants_on};
use crate::support::app::TestApp;
use crate::support::both::{both_backends, eventually, postgres_only};
use crate::support::cluster::TestCluster;

both_backends!(
    nothing_sums_to_zero,
    the_sum_is_that_of_one_select_over_all_shards,
    sums_beyond_64_bits_are_exact,
    orders_older_than_thirty_days_do_not_count,
    deleted_orders_do_not_count,
);

postgres_only!(a_dead_shard_is_missing, a_shard_that_is_back_counts_again);

#[derive(QueryableByName, Debug)]
struct Row {
    #[diesel(sql_type = sql_types::Text)]
    currency: String,
    #[diesel(sql_type = sql_types::BigInt)]
    n: i64,
    #[diesel(sql_type = sql_types::BigInt)]
    cents: i64,
}

async fn nothing_sums_to_zero(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let mut stats = app.get("/stats").await.expect(200).json;
    let since: DateTime<Utc> = stats["since"].as_str().expect("text").parse().expect("RFC 3339");
    let age = Utc::now() - since;
    assert!((TimeDelta::days(30)..TimeDelta::days(30) + TimeDelta::minutes(1)).contains(&age));
    stats["since"] = json!("[30 days ago]");
    insta::allow_duplicates! {
        insta::assert_json_snapshot!(stats, @r#"
        {
          "by_currency": {},
          "complete": true,
          "missing": [],
          "since": "[30 days ago]",
          "total_orders": 0,
          "total_revenue": 0
        }
        "#);
    }
}

async fn the_sum_is_that_of_one_select_over_all_shards(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let client = async |client: usize| {
        for i in (client..1000).step_by(16) {
            let mut order = order_of(&format!("tenant-{}", i * 31 % 97));
            order["total_cents"] = json!(i * i * 1009);
            order["currency"] = json!(["EUR", "USD", "JPY"][i * i % 7 % 3]);
            create(&app, &order).await;
        }
    };
    join_all((0..16).map(client)).await;

    let rows = select_over_union(cluster);
    assert_eq!(rows.len(), 3);
    let by_currency: serde_json::Map<_, _> =
        rows.iter().map(|row| (row.currency.clone(), json!(row.cents))).collect();
    let stats = app.get("/stats").await.expect(200);
    assert_eq!(stats.json["total_orders"], 1000);
    assert_eq!(rows.iter().map(|row| row.n).sum::<i64>(), 1000);
    assert_eq!(stats.json["total_revenue"], rows.iter().map(|row| row.cents).sum::<i64>());
    assert_eq!(stats.json["by_currency"], json!(by_currency));
    assert_eq!((&stats.json["complete"], &stats.json["missing"]), (&json!(true), &json!([])));
}

/// The shards' orders, copied into one table and summed there by one statement.
fn select_over_union(cluster: &TestCluster) -> Vec<Row> {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite://{}/union.db", folder.path().display());
    let url = DatabaseUrl::parse(&url).expect("a good URL");
    let session = Session::operating(&PoolSettings::default());
    let mut union = SqliteConnection::open(&url, &session).expect("a new file");
    let table = "CREATE TABLE orders (currency TEXT, cents BIGINT)";
    sql_query(table).execute(&mut union).expect("it is new");
    for shard in 0..cluster.len() {
        let orders: Vec<Row> =
            sql_query("SELECT currency, CAST(1 AS BIGINT) AS n, total_cents AS cents FROM orders")
                .load(&mut cluster.connection(shard))
                .expect("the shard is up");
        assert!(!orders.is_empty());
        for order in orders {
            sql_query("INSERT INTO orders VALUES (?, ?)")
                .bind::<sql_types::Text, _>(order.currency)
                .bind::<sql_types::BigInt, _>(order.cents)
                .execute(&mut union)
                .expect("it has this table");
        }
    }
    sql_query("SELECT currency, count(*) AS n, sum(cents) AS cents FROM orders GROUP BY currency")
        .load(&mut union)
        .expect("it has this table")
}

async fn sums_beyond_64_bits_are_exact(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let mut order = order_of("");
    order["total_cents"] = json!(i64::MAX);
    // Two on one shard, where the shard's own sum is too large, and then two on another.
    let mut tenants = tenants_on(&app, "shard-0", 2).await;
    tenants.extend(tenants_on(&app, "shard-2", 2).await);
    for (n, tenant) in (1..).zip(&tenants) {
        order["tenant_id"] = json!(tenant);
        create(&app, &order).await;
        let stats = app.get("/stats").await.expect(200);
        let sum = i128::from(i64::MAX) * n;
        // Our own reader of JSON may not have so large a number, so it is compared as text.
        let text = stats.text.replace([' ', '\n'], "");
        assert!(text.contains(&format!("\"total_revenue\":{sum},")), "{sum}: {stats}");
        assert!(text.contains(&format!("{{\"EUR\":{sum}}}")), "{sum}: {stats}");
    }
}

async fn orders_older_than_thirty_days_do_not_count(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for (customer, days) in [("old", 31), ("nearly", 29), ("new", 0)] {
        let mut order = order_of("acme");
        order["customer_id"] = json!(customer);
        create(&app, &order).await;
        let then = (Utc::now() - TimeDelta::days(days)).format("%F %T%.6f+00:00");
        let sql =
            format!("UPDATE orders SET created_at = '{then}' WHERE customer_id = '{customer}'");
        assert_eq!(cluster.execute_everywhere(&sql), 1);
    }
    let stats = app.get("/stats").await.expect(200);
    assert_eq!(stats.json["total_orders"], 2);
    assert_eq!(stats.json["by_currency"], json!({ "EUR": 3998 }));
    assert_eq!(app.get("/orders/acme").await.expect(200).items().len(), 3);
}

async fn deleted_orders_do_not_count(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let id = create(&app, &order_of("acme")).await;
    assert_eq!(app.get("/stats").await.expect(200).json["total_orders"], 1);
    app.delete(&format!("/orders/acme/{id}")).await.expect(204);
    assert_eq!(app.get("/stats").await.expect(200).json["total_orders"], 0);
}

async fn a_dead_shard_is_missing(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for shard in ["shard-0", "shard-1", "shard-2"] {
        create(&app, &order_of(&tenants_on(&app, shard, 1).await[0])).await;
    }
    cluster.server(1).kill();
    for path in ["/stats", "/stats?partial=false"] {
        let refused = app.get(path).await.expect(503);
        let missing = refused.json["missing"].as_array().expect("a list").clone();
        assert_eq!(missing.len(), 1, "{refused}");
        assert_eq!(missing[0]["shard"], "shard-1");
        assert!(missing[0]["reason"].as_str().is_some_and(|why| !why.is_empty()), "{refused}");
    }
    let partial = app.get("/stats?partial=true").await.expect(200);
    assert_eq!(partial.json["complete"], false);
    assert_eq!(partial.json["missing"][0]["shard"], "shard-1");
    assert_eq!(partial.json["total_orders"], 2);
    assert_eq!(partial.json["by_currency"], json!({ "EUR": 3998 }));
}

async fn a_shard_that_is_back_counts_again(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let tenant = &tenants_on(&app, "shard-1", 1).await[0];
    create(&app, &order_of(tenant)).await;
    cluster.server(1).kill();
    app.get("/stats").await.expect(503);
    app.get(&format!("/orders/{tenant}")).await.expect(503);
    cluster.server(1).start_again();
    let back = async || app.get("/stats").await.status == 200;
    assert!(eventually(Duration::from_secs(10), back).await);
    let stats = app.get("/stats").await;
    assert_eq!(stats.expect(200).json["total_orders"], 1);
    assert_eq!(app.get(&format!("/orders/{tenant}")).await.expect(200).items().len(), 1);
}
