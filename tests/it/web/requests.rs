//! What a request gets from the guard.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use rocket::{get, http::Header, routes};
use shardwright::key::{ShardBy, ShardKey};
use shardwright::shard::ShardConnection;
use shardwright::web::{Problem, RequestId, Shards};

use super::{Author, BY_HASH, fairing, launched, rocket, start};
use crate::support::both::{both_backends, postgres_only};
use crate::support::cluster::TestCluster;

both_backends!(
    rows_live_on_their_authors_shard,
    a_row_that_is_there_already_is_a_conflict,
    a_scatter_without_a_shard_is_no_answer,
    a_key_without_a_place_names_its_field,
);

postgres_only!(calls_of_one_request_share_its_deadline);

async fn rows_live_on_their_authors_shard(cluster: &TestCluster) {
    let app = start(cluster).await;
    let mut shards = std::collections::BTreeSet::new();
    for n in 0..30 {
        let author = format!("/notes/author-{n}");
        let added = app.post_text(&author, "buy tea").await.expect(201);
        let found = app.get(&author).await.expect(200);
        assert_eq!((found.text.as_str(), found.shard()), ("buy tea", added.shard()));
        shards.insert(added.shard().to_owned());
    }
    assert_eq!(shards.len(), 3, "a ring uses all of them: {shards:?}");
    let rows = cluster.rows_per_shard("notes", "true");
    assert!(rows.iter().all(|rows| *rows > 0) && rows.iter().sum::<i64>() == 30, "{rows:?}");
    let count = app.get("/count").await.expect(200);
    assert_eq!((count.text.as_str(), count.header("X-Shard")), ("30", None));
}

async fn a_row_that_is_there_already_is_a_conflict(cluster: &TestCluster) {
    let app = start(cluster).await;
    app.post_text("/notes/ada", "once").await.expect(201);
    let again = app.post_text("/notes/ada", "once").await.expect(409);
    assert_eq!(again.str("type"), "/problems/conflict");
    // Where it was looked for is told all the same.
    assert!(again.header("X-Shard").is_some());
}

async fn a_scatter_without_a_shard_is_no_answer(cluster: &TestCluster) {
    let app = start(cluster).await;
    cluster.execute(1, "DROP TABLE notes");
    cluster.execute(1, "DELETE FROM __diesel_schema_migrations");
    // The pools' connections were admitted before; that statement fails is a bug of ours.
    let answer = app.client().get("/count").dispatch().await;
    assert!(matches!(answer.status().code, 500 | 503), "{answer:?}");
    let text = answer.into_string().await.expect("a problem");
    assert!(text.contains("/problems/incomplete") && text.contains("shard-1"), "{text}");
}

#[get("/regional/<region>")]
async fn regional(notes: Shards<'_, Author>, region: &str) -> Result<String, Problem> {
    struct In<'r>(&'r str);
    impl ShardBy for In<'_> {
        const KEYSPACE: &'static str = Author::KEYSPACE;
        const FIELD: &'static str = "number";
        fn shard_key(&self) -> ShardKey<'_> {
            match self.0 {
                "none" => ShardKey::int(7),
                region => ShardKey::int(7).in_region(region),
            }
        }
    }
    Ok(notes.read(&In(region), |_| Ok(String::new())).await?)
}

async fn a_key_without_a_place_names_its_field(cluster: &TestCluster) {
    let by_region = "[default.sharding.keyspaces.notes]\nstrategy = 'region'\n\
                     regions = { eu = 'shard-0', us = 'shard-1' }";
    let regions = rocket(cluster, by_region, fairing()).mount("/", routes![regional]);
    let app = launched(cluster, regions).await;
    assert_eq!(app.get("/regional/us").await.expect(200).shard(), "shard-1");
    app.get("/regional/mars").await.expect_fault("region");
    app.get("/regional/none").await.expect_fault("region");

    let by_range = "[default.sharding.keyspaces.notes]\nstrategy = 'range'\nallow_gaps = true\n\
                    ranges = [ { end = 5, shard = 'shard-0' } ]";
    // The same databases would be looked into by another rule.
    let others = TestCluster::sqlite(3);
    let ranges = rocket(&others, by_range, fairing()).mount("/", routes![regional]);
    let app = launched(&others, ranges).await;
    let answer = app.get("/regional/none").await.expect_fault("number");
    assert_eq!(answer.str("keyspace"), "notes");
    // The author is text, which a range has no place for.
    app.get("/notes/ada").await.expect_fault("author");
}

/// Each call takes 0.7 s; one of them fits into the deadline and two do not.
#[get("/naps")]
async fn naps(
    one: Shards<'_, Author>,
    other: Shards<'_, Author>,
    id: &RequestId,
) -> Result<String, Problem> {
    let nap = |conn: &mut ShardConnection| conn.batch_execute("SELECT pg_sleep(0.7)");
    one.read(&Author("ada".into()), nap).await?;
    other.read(&Author("bob".into()), nap).await?;
    Ok(id.as_str().to_owned())
}

async fn calls_of_one_request_share_its_deadline(cluster: &TestCluster) {
    for (deadline, status) in [("20s", 200), ("1s", 503)] {
        let toml = format!("[default.sharding]\ndeadline = '{deadline}'\n{BY_HASH}");
        let app = rocket(cluster, &toml, fairing()).mount("/", routes![naps]);
        let app = launched(cluster, app).await;
        // Connections are opened first, so that this takes no time of the requests'.
        app.get("/count").await.expect(200);
        let asked = Instant::now();
        let request = app.client().get("/naps").header(Header::new("X-Request-Id", "mine"));
        let answer = app.send(request).await.expect(status);
        assert_eq!(answer.header("X-Request-Id"), Some("mine"));
        match status {
            200 => assert_eq!(answer.text, "mine"),
            _ => {
                assert_eq!(answer.str("type"), "/problems/timeout");
                assert!(asked.elapsed() < Duration::from_secs(10), "{:?}", asked.elapsed());
            }
        }
    }
}
