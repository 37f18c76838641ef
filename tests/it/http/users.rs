//! `/users`: placed by the range of their id.

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::join_all;
use serde_json::json;

use super::{all, user};
use crate::support::app::{BY_HASH, TestApp};
use crate::support::both::{both_backends, postgres_only};
use crate::support::cluster::TestCluster;

both_backends!(
    a_user_is_created_and_read_back,
    ranges_place_users,
    a_taken_id_conflicts,
    one_of_many_gets_an_id,
    an_unknown_user_is_not_found,
    a_key_in_a_gap_has_no_place,
    a_restart_keeps_users,
);

postgres_only!(a_dead_shard_makes_the_list_partial, a_dead_shard_takes_its_own_users_alone,);

async fn a_user_is_created_and_read_back(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let before = Utc::now();
    let body = json!({ "id": 7, "name": "Ada L. 🦀", "email": "ada@example.org", "region": "eu" });
    let created = app.post("/users", &body).await.expect(201);
    let read = app.get("/users/7").await.expect(200);
    let created_at = read.str("created_at");
    let mut expected = body.clone();
    expected["created_at"] = json!(created_at);
    assert_eq!(read.json, expected);
    let at: DateTime<Utc> = created_at.parse().expect("RFC 3339");
    assert!(before - TimeDelta::seconds(1) <= at && at <= Utc::now(), "{at}");
    assert_eq!(created.shard(), read.shard());

    app.post("/users", &user(8)).await.expect(201);
    assert_eq!(app.get("/users/8").await.expect(200).json["region"], json!(null));
    assert_eq!(all(&app.get("/users").await.expect(200), "id"), ["7", "8"]);
}

async fn ranges_place_users(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let places = [
        (i64::MIN, "shard-0"),
        (-1, "shard-0"),
        (0, "shard-0"),
        (49_999, "shard-0"),
        (50_000, "shard-1"),
        (i64::MAX, "shard-1"),
    ];
    for (id, shard) in places {
        assert_eq!(app.post("/users", &user(id)).await.expect(201).shard(), shard);
        let read = app.get(&format!("/users/{id}")).await.expect(200);
        assert_eq!(read.shard(), shard);
        assert_eq!(read.json["id"], id);
        let route = app.get(&format!("/route/users/{id}")).await.expect(200);
        assert_eq!(route.str("shard"), shard);
    }
    assert_eq!(cluster.rows_per_shard("users", "id = id"), [4, 2, 0]);
}

async fn a_taken_id_conflicts(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    app.post("/users", &user(7)).await.expect(201);
    let other = json!({ "id": 7, "name": "Bob", "email": "bob@example.org" });
    let conflict = app.post("/users", &other).await.expect(409);
    assert_eq!(conflict.shard(), "shard-0");
    assert_eq!(app.get("/users/7").await.expect(200).str("name"), "Ada");
}

async fn one_of_many_gets_an_id(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    let body = user(50_007);
    let answers = join_all((0..20).map(|_| app.post("/users", &body))).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status).collect();
    statuses.sort_unstable();
    assert_eq!((statuses[0], &statuses[1..]), (201, [409; 19].as_slice()));
}

async fn an_unknown_user_is_not_found(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    assert_eq!(app.get("/users/49999").await.expect(404).shard(), "shard-0");
    assert_eq!(app.get("/users/50000").await.expect(404).shard(), "shard-1");
}

async fn a_key_in_a_gap_has_no_place(cluster: &TestCluster) {
    let gap = r#"
        [default.sharding.keyspaces.orders]
        strategy = "consistent_hash"
        [default.sharding.keyspaces.users]
        strategy = "range"
        allow_gaps = true
        ranges = [ { start = 0, end = 10, shard = "shard-0" }, { start = 20, shard = "shard-1" } ]
    "#;
    let app = TestApp::on(cluster).keyspaces(gap).start().await;
    for id in [-1, 10, 19] {
        app.post("/users", &user(id)).await.expect(422);
        app.get(&format!("/users/{id}")).await.expect(422);
        app.get(&format!("/route/users/{id}")).await.expect(422);
    }
    for id in [9, 20] {
        app.post("/users", &user(id)).await.expect(201);
    }
    assert_eq!(cluster.rows_per_shard("users", "id = id"), [1, 1, 0]);
}

async fn a_restart_keeps_users(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    app.post("/users", &user(7)).await.expect(201);
    let before = app.get("/users/7").await.expect(200).json;
    drop(app);
    let app = TestApp::on(cluster).start().await;
    assert_eq!(app.get("/users/7").await.expect(200).json, before);
}

async fn a_dead_shard_makes_the_list_partial(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_HASH).start().await;
    let mut living = Vec::new();
    for id in 0..40 {
        if app.post("/users", &user(id)).await.expect(201).shard() != "shard-1" {
            living.push(id.to_string());
        }
    }
    assert!((1..40).contains(&living.len()), "{living:?}");
    cluster.server(1).kill();
    let refused = app.get("/users?limit=10").await.expect(503);
    assert_eq!(refused.json["missing"][0]["shard"], "shard-1", "{refused}");
    assert_eq!(refused.json["missing"].as_array().map(Vec::len), Some(1), "{refused}");

    let mut seen = Vec::new();
    let mut next = Some("/users?limit=10&partial=true".to_owned());
    while let Some(path) = next {
        let page = app.get(&path).await.expect(200);
        seen.extend(all(&page, "id"));
        next = page.next();
    }
    assert_eq!(seen, living);
}

async fn a_dead_shard_takes_its_own_users_alone(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    app.post("/users", &user(7)).await.expect(201);
    app.post("/users", &user(50_007)).await.expect(201);
    cluster.server(0).kill();
    app.get("/users/7").await.expect(503);
    app.post("/users", &user(8)).await.expect(503);
    app.get("/users/50007").await.expect(200);
    app.post("/users", &user(50_008)).await.expect(201);
}
