//! `/users` placed by region: the key is an id and a region, and one without the other asks all.

use serde_json::{Value, json};

use super::user;
use crate::support::app::{BY_REGION, TestApp};
use crate::support::both::{both_backends, postgres_only};
use crate::support::cluster::TestCluster;

both_backends!(
    regions_place_users,
    a_user_without_a_region_has_no_place,
    a_user_is_found_without_naming_its_region,
    an_id_can_be_taken_once_in_each_region,
    other_regions_go_to_the_default,
);

postgres_only!(
    a_user_is_found_although_another_shard_is_dead,
    a_dead_shard_leaves_unknown_users_unknown,
);

fn user_in(region: &str, id: i64) -> Value {
    let mut user = user(id);
    user["region"] = json!(region);
    user
}

const PLACES: [(&str, &str); 3] = [("eu", "shard-0"), ("us", "shard-1"), ("asia", "shard-2")];

async fn regions_place_users(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    for (i, (region, shard)) in PLACES.into_iter().enumerate() {
        let created = app.post("/users", &user_in(region, 7)).await.expect(201);
        assert_eq!(created.shard(), shard);
        let rows = cluster.rows_per_shard("users", &format!("region = '{region}'"));
        assert_eq!(rows, (0..3).map(|shard| (shard == i).into()).collect::<Vec<i64>>());

        let read = app.get(&format!("/users/7?region={region}")).await.expect(200);
        assert_eq!((read.str("region"), read.shard()), (region, shard));
        let unknown = app.get(&format!("/users/8?region={region}")).await.expect(404);
        assert_eq!(unknown.shard(), shard);
        let route = app.get(&format!("/route/users/7?region={region}")).await.expect(200);
        assert_eq!(route.str("shard"), shard);
    }
}

async fn a_user_without_a_region_has_no_place(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    app.post("/users", &user(7)).await.expect_fault("region");
    app.post("/users", &user_in("mars", 7)).await.expect(422);
    app.get("/users/7?region=mars").await.expect(422);
    app.get("/route/users/7").await.expect(422);
    app.get("/route/users/7?region=mars").await.expect(422);
    assert_eq!(cluster.rows_per_shard("users", "id = 7"), [0, 0, 0]);
}

async fn a_user_is_found_without_naming_its_region(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    for (id, (region, shard)) in PLACES.into_iter().enumerate() {
        let body = user_in(region, id.try_into().expect("a small number"));
        app.post("/users", &body).await.expect(201);
        let found = app.get(&format!("/users/{id}")).await.expect(200);
        assert_eq!((found.str("region"), found.shard()), (region, shard));
    }
    app.get("/users/3").await.expect(404);
}

async fn an_id_can_be_taken_once_in_each_region(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    let mut expected = Vec::new();
    for id in 0..7 {
        for (region, _) in PLACES {
            app.post("/users", &user_in(region, id)).await.expect(201);
            app.post("/users", &user_in(region, id)).await.expect(409);
            expected.push((id, region.to_owned()));
        }
    }
    expected.sort_unstable();
    for limit in 1..=4 {
        let mut seen = Vec::new();
        let mut next = Some(format!("/users?limit={limit}"));
        while let Some(path) = next {
            let page = app.get(&path).await.expect(200);
            let key = |user: &Value| {
                let id = user["id"].as_i64().expect("a number");
                (id, user["region"].as_str().expect("a region").to_owned())
            };
            seen.extend(page.items().iter().map(key));
            next = page.next();
        }
        assert!(seen.is_sorted_by_key(|(id, _)| *id), "limit {limit}: {seen:?}");
        seen.sort_unstable();
        assert_eq!(seen, expected, "limit {limit}");
    }
}

async fn other_regions_go_to_the_default(cluster: &TestCluster) {
    let keyspaces = format!("{BY_REGION}\ndefault = \"shard-2\"");
    let app = TestApp::on(cluster).keyspaces(&keyspaces).start().await;
    assert_eq!(app.post("/users", &user_in("mars", 7)).await.expect(201).shard(), "shard-2");
    assert_eq!(app.post("/users", &user_in("eu", 7)).await.expect(201).shard(), "shard-0");
    assert_eq!(app.get("/users/7?region=mars").await.expect(200).str("region"), "mars");
}

async fn a_user_is_found_although_another_shard_is_dead(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    app.post("/users", &user_in("eu", 7)).await.expect(201);
    cluster.server(1).kill();
    let found = app.get("/users/7").await.expect(200);
    assert_eq!((found.str("region"), found.shard()), ("eu", "shard-0"));
}

async fn a_dead_shard_leaves_unknown_users_unknown(cluster: &TestCluster) {
    let app = TestApp::on(cluster).keyspaces(BY_REGION).start().await;
    app.post("/users", &user_in("us", 7)).await.expect(201);
    app.get("/users/8").await.expect(404);
    cluster.server(1).kill();
    let refused = app.get("/users/8").await.expect(503);
    assert_eq!(refused.json["missing"][0]["shard"], "shard-1", "{refused}");
    app.get("/users/7").await.expect(503);
    app.get("/users/8?region=us").await.expect(503);
    app.get("/users/8?region=eu").await.expect(404);
}
