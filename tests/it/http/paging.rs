//! Walking through lists: by offset, by cursor, and over shards, each row once and in order.

use chrono::{DateTime, Utc};
use futures::future::join_all;
use serde_json::{Value, json};

use super::{all, create, order_of, user};
use crate::support::app::{BY_HASH, TestApp};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;
use crate::support::response::Response;

both_backends!(
    orders_are_paged_by_offset,
    orders_are_paged_by_cursor,
    an_offset_counts_from_the_cursor,
    orders_that_arrive_meanwhile_disturb_no_walk,
    a_tampered_cursor_does_no_harm,
    users_are_merged_over_all_shards,
    a_page_of_users_has_its_limit,
);

/// 250 orders of one tenant, of which fives are placed at one moment; newest first as
/// `(created_at, order_id)`.
async fn many_orders(app: &TestApp, cluster: &TestCluster) -> Vec<(DateTime<Utc>, String)> {
    let orders = (0..250).map(async |i: usize| {
        let mut order = order_of("acme");
        order["customer_id"] = json!(format!("customer-{}", i / 5));
        create(app, &order).await;
    });
    join_all(orders).await;
    create(app, &order_of("another")).await;
    for moment in 0..50 {
        // Neither the order of the ids nor that of the customers.
        let second = moment * 7 % 50;
        let sql = format!(
            "UPDATE orders SET created_at = '2026-01-01 00:00:{second:02}.000000+00:00' \
             WHERE customer_id = 'customer-{moment}' AND tenant_id = 'acme'"
        );
        assert_eq!(cluster.execute_everywhere(&sql), 5);
    }
    let mut newest_first = Vec::new();
    for offset in [0, 100, 200] {
        newest_first
            .extend(keys(&app.get(&format!("/orders/acme?limit=100&offset={offset}")).await));
    }
    newest_first.sort_unstable();
    newest_first.dedup();
    newest_first.reverse();
    assert_eq!(newest_first.len(), 250);
    newest_first
}

/// What orders are sorted by.
fn keys(page: &Response) -> Vec<(DateTime<Utc>, String)> {
    let key = |order: &Value| {
        let text = |member: &str| order[member].as_str().expect("text").to_owned();
        (text("created_at").parse().expect("RFC 3339"), text("order_id"))
    };
    page.items().iter().map(key).collect()
}

/// Follows `Link` from page to page; every page but the last has `limit` items.
async fn walk(app: &TestApp, first: &str, limit: usize) -> Vec<Response> {
    let mut pages = Vec::new();
    let mut next = Some(first.to_owned());
    while let Some(path) = next {
        let page = app.get(&path).await.expect(200);
        next = page.next();
        assert!(next.is_none() || page.items().len() == limit, "{page}");
        pages.push(page);
        assert!(pages.len() < 1000, "the walk does not end");
    }
    pages
}

async fn orders_are_paged_by_offset(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let expected = many_orders(&app, cluster).await;
    let mut seen = Vec::new();
    for offset in (0..280).step_by(40) {
        let page = app.get(&format!("/orders/acme?limit=40&offset={offset}")).await.expect(200);
        seen.extend(keys(&page));
    }
    assert_eq!(seen, expected);
    let usual = app.get("/orders/acme").await.expect(200);
    assert_eq!(keys(&usual), expected[..20]);
    assert_eq!(keys(&app.get("/orders/acme?offset=5").await.expect(200)), expected[5..25]);
    assert_eq!(app.get("/orders/acme?offset=250").await.expect(200).json, json!([]));
    let far = format!("/orders/acme?offset={}", i64::MAX);
    assert_eq!(app.get(&far).await.expect(200).json, json!([]));
}

async fn orders_are_paged_by_cursor(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let expected = many_orders(&app, cluster).await;
    for limit in [7, 50, 100] {
        let pages = walk(&app, &format!("/orders/acme?limit={limit}"), limit).await;
        let seen: Vec<_> = pages.iter().flat_map(keys).collect();
        assert_eq!(seen, expected, "limit {limit}");
        assert!(pages.len() <= 250 / limit + 1, "{} pages of {limit}", pages.len());
        let mut links = pages.iter().filter_map(Response::next);
        assert!(links.all(|link| link.contains("after=") && !link.contains("offset=")));
    }
    let pages = walk(&app, "/orders/acme", 20).await;
    assert_eq!(pages.iter().flat_map(keys).collect::<Vec<_>>(), expected);
}

/// Also within a moment that five orders share, and at the end; what follows is by the cursor
/// alone, so that no page leaves anything out but the one that was asked to.
async fn an_offset_counts_from_the_cursor(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let expected = many_orders(&app, cluster).await;
    for (before, offset, limit) in [(10, 0, 7), (10, 1, 7), (13, 4, 7), (100, 100, 9), (1, 248, 5)]
    {
        let link = app.get(&format!("/orders/acme?limit={before}")).await.expect(200).next();
        let (_, cursor) = link.as_deref().and_then(|link| link.split_once("after=")).expect("one");
        let first = format!("/orders/acme?limit={limit}&offset={offset}&after={cursor}");
        let pages = walk(&app, &first, limit).await;
        let seen: Vec<_> = pages.iter().flat_map(keys).collect();
        assert_eq!(seen, expected[before + offset..], "{first}");
        let mut links = pages.iter().filter_map(Response::next);
        assert!(links.all(|link| link.contains("after=") && !link.contains("offset=")));
    }
    let link = app.get("/orders/acme?limit=100&offset=149").await.next().expect("one is left");
    assert_eq!(app.get(&link).await.expect(200).items().len(), 1);
    for offset in ["1".to_owned(), i64::MAX.to_string()] {
        let none = app.get(&format!("{link}&offset={offset}")).await.expect(200);
        assert_eq!(none.json, json!([]));
        assert_eq!(none.next(), None);
    }
    app.get(&format!("{link}&offset=-1")).await.expect_fault("offset");
}

async fn orders_that_arrive_meanwhile_disturb_no_walk(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for _ in 0..9 {
        create(&app, &order_of("acme")).await;
    }
    let expected = all(&app.get("/orders/acme").await, "order_id");
    let mut seen = Vec::new();
    let mut next = Some("/orders/acme?limit=2".to_owned());
    while let Some(path) = next {
        let page = app.get(&path).await.expect(200);
        seen.extend(all(&page, "order_id"));
        next = page.next();
        create(&app, &order_of("acme")).await;
    }
    assert_eq!(seen, expected);
}

async fn a_tampered_cursor_does_no_harm(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for id in 0..2 {
        create(&app, &order_of("acme")).await;
        app.post("/users", &user(id)).await.expect(201);
    }
    for path in ["/orders/acme", "/users"] {
        let link = app.get(&format!("{path}?limit=1")).await.next().expect("there is one more");
        let (_, cursor) = link.split_once("after=").expect("a cursor");
        let half = &cursor[..cursor.len() / 2];
        let mut tampered = ["-", "9", "99", "999", "-9", "-99", "-999", "+"]
            .map(|s| format!("{s}{cursor}"))
            .to_vec();
        tampered.extend([
            half.to_owned(),
            format!("{cursor}{cursor}"),
            format!("{cursor}0"),
            cursor.replace(|c: char| c.is_ascii_digit(), "9"),
        ]);
        tampered.extend((0..cursor.len()).map(|i| format!("{}{}", &cursor[..i], &cursor[i + 1..])));
        for after in tampered {
            let answer = app.get(&format!("{path}?limit=1&after={after}")).await;
            assert!([200, 422].contains(&answer.status), "{answer}");
        }
    }
}

async fn users_are_merged_over_all_shards(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_HASH).start().await;
    let mut ids: Vec<i64> = (-30..60).map(|i| i * 997).chain([i64::MIN, i64::MAX]).collect();
    join_all(ids.iter().rev().map(async |&id| app.post("/users", &user(id)).await.expect(201)))
        .await;
    assert!(cluster.rows_per_shard("users", "id = id").iter().all(|&n| n > 10));
    ids.sort_unstable();
    let expected: Vec<String> = ids.iter().map(i64::to_string).collect();
    for limit in [1, 7, 23, 46, 92, 100] {
        let pages = walk(&app, &format!("/users?limit={limit}"), limit).await;
        let seen: Vec<_> = pages.iter().flat_map(|page| all(page, "id")).collect();
        assert_eq!(seen, expected, "limit {limit}");
        assert!(pages.len() <= 92 / limit + 1, "{} pages of {limit}", pages.len());
    }
}

async fn a_page_of_users_has_its_limit(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let none = app.get("/users").await.expect(200);
    assert_eq!(none.json, json!([]));
    assert_eq!(none.next(), None);
    for id in [49_999, 50_000, -1, 50_001] {
        app.post("/users", &user(id)).await.expect(201);
    }
    let page = app.get("/users?limit=3").await.expect(200);
    assert_eq!(all(&page, "id"), ["-1", "49999", "50000"]);
    let rest = app.get(&page.next().expect("there is one more")).await.expect(200);
    assert_eq!(all(&rest, "id"), ["50001"]);
    assert_eq!(rest.next(), None);
}
