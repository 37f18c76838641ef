//! What callers are told while something is the matter with a shard.

use diesel::connection::SimpleConnection;
use futures::future::{join, join_all};
use serde_json::json;

use super::expect_shown;
use crate::http::{order_of, tenants_on, user};
use crate::support::app::TestApp;
use crate::support::both::{both_backends, postgres_only};
use crate::support::chaos::{Onlooker, freeze, lock_table};
use crate::support::cluster::TestCluster;
use crate::support::until::until;

both_backends!(the_page_shows_what_a_busy_shards_callers_are_told);

postgres_only!(
    the_page_shows_what_an_answer_without_a_shard_says,
    the_page_shows_what_a_dead_shards_callers_are_told,
    the_page_shows_what_is_said_of_a_shard_that_is_not_fit_to_serve,
    the_page_shows_what_a_frozen_shards_callers_are_told,
    the_page_shows_what_a_service_without_shards_says,
);

/// By the rule, on shard-1.
const USER: &str = "/users/50001";

async fn the_page_shows_what_a_busy_shards_callers_are_told(cluster: &TestCluster) {
    let one = "[default.sharding]\ndeadline = '3s'\n\
               [default.sharding.pool]\nmax_size = 1\nacquire_timeout = '200ms'";
    let app = TestApp::on(cluster).config(one).start().await;
    let order = order_of(&tenants_on(&app, "shard-1", 1).await[0]);
    let mut other = cluster.connection(1);
    let hold = match cluster.backend() {
        "sqlite" => "BEGIN IMMEDIATE",
        _ => "BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE",
    };
    other.batch_execute(hold).expect("nobody else holds it");
    // With keys, so that they do not go together as one.
    let post = async |key| app.post_with("/orders", ("Idempotency-Key", key), &order).await;
    let answers = join_all(["one", "two"].map(post)).await;
    let waited = answers.iter().find(|answer| answer.json["waited_for"] == "permit");
    expect_shown("busy", waited.unwrap_or_else(|| panic!("nobody waited: {answers:?}")));
}

async fn the_page_shows_what_an_answer_without_a_shard_says(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    cluster.server(1).kill();
    expect_shown("incomplete", &app.get("/stats").await);
}

async fn the_page_shows_what_a_dead_shards_callers_are_told(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    cluster.server(1).kill();
    // Whoever had a connection lost it, and is told that.
    let mut answer = app.get(USER).await.expect(503);
    until("no connection is left to lose", async || {
        answer = app.get(USER).await.expect(503);
        !answer.str("detail").contains("lost")
    })
    .await;
    expect_shown("unavailable", &answer);
}

async fn the_page_shows_what_is_said_of_a_shard_that_is_not_fit_to_serve(cluster: &TestCluster) {
    drop(TestApp::on(cluster).start().await);
    let as_it_is = "[default.sharding]\nmigrate_on_start = false";
    let app = TestApp::on(cluster).config(as_it_is).start().await;
    // Its schema is behind, for all connections yet to come.
    cluster.execute(1, "DELETE FROM __diesel_schema_migrations");
    cluster.execute(
        1,
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
         WHERE application_name = 'shardwright' AND pid <> pg_backend_pid()",
    );
    let mut answer = app.get(USER).await.expect(503);
    until("the shard is refused", async || {
        answer = app.get(USER).await.expect(503);
        answer.str("type") == "/problems/refused"
    })
    .await;
    expect_shown("refused", &answer);
}

/// Frozen while it has the write, so that nobody knows what became of that.
async fn the_page_shows_what_a_frozen_shards_callers_are_told(cluster: &TestCluster) {
    let app = TestApp::on(cluster).config("[default.sharding]\ndeadline = '3s'").start().await;
    let locked = lock_table(cluster.server(1), "users");
    let mut onlooker = Onlooker::at(cluster.server(1));
    let freezing = async {
        until("the write waits for the table", async || onlooker.waiting() > 0).await;
        freeze(cluster.server(1))
    };
    let new = user(50_001);
    let (answer, frozen) = join(app.post("/users", &new), freezing).await;
    // The lock's session can't end before.
    drop(frozen);
    drop(locked);
    expect_shown("timeout", &answer);
}

async fn the_page_shows_what_a_service_without_shards_says(cluster: &TestCluster) {
    let app = TestApp::on(cluster).start().await;
    for shard in 0..cluster.len() {
        cluster.server(shard).kill();
    }
    // Not before all are known to be gone: which keyspace is the first without a shard is chance.
    until("all shards are known to be down", async || {
        let health = app.get("/health/shards").await.expect(200).json;
        health.as_object().expect("by name").values().all(|shard| shard["healthy"] == json!(false))
    })
    .await;
    expect_shown("not-ready", &app.get("/health/ready").await);
}
