//! What an application launches with, and without what it does not.

use std::time::Duration;

use diesel::SqliteConnection;
use rocket::local::asynchronous::Client;
use rocket::{State, get, routes};
use shardwright::cluster::ShardedDb;
use shardwright::key::{ShardBy, ShardKey};
use shardwright::ops::Monitor;
use shardwright::shard::ShardError;
use shardwright::web::{InFlight, Shards};

use super::{Author, BY_HASH, failure, fairing, figment, launched, list, rocket, start};
use crate::support::both::{both_backends, eventually, postgres_only};
use crate::support::cluster::TestCluster;

both_backends!(
    without_the_fairing_nothing_launches,
    a_keyspace_that_is_missing_keeps_it_from_launching,
    a_wrong_configuration_keeps_it_from_launching,
    what_the_fairing_makes_is_managed,
    shards_are_closed_when_it_stops,
);

postgres_only!(a_shard_that_comes_late_is_migrated_and_served_from);

struct Elsewhere;

impl ShardBy for Elsewhere {
    const KEYSPACE: &'static str = "elsewhere";

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::int(1)
    }
}

type Alias<'r> = Shards<'r, Elsewhere>;

#[get("/")]
fn plain(_shards: Shards<'_, Elsewhere>) {}

#[get("/")]
fn aliased(_shards: Alias<'_>) {}

#[get("/")]
fn optional(_shards: Option<Shards<'_, Elsewhere>>) {}

#[get("/")]
fn of_another_connection(_shards: Shards<'_, Author, SqliteConnection>) {}

async fn without_the_fairing_nothing_launches(cluster: &TestCluster) {
    let bare = || rocket::custom(figment(cluster, BY_HASH));
    let notes = bare().mount("/", routes![list]);
    assert_eq!(failure(notes).await, "1 aborts");
    assert!(bare().ignite().await.is_ok(), "there is no other reason");
    // One of another type of connection is none.
    let other = rocket(cluster, BY_HASH, fairing()).mount("/", routes![of_another_connection]);
    assert_eq!(failure(other).await, "1 aborts");
}

async fn a_keyspace_that_is_missing_keeps_it_from_launching(cluster: &TestCluster) {
    for route in [routes![plain], routes![aliased], routes![optional]] {
        let asks = rocket(cluster, BY_HASH, fairing()).mount("/", route.clone());
        assert_eq!(failure(asks).await, "1 aborts", "{route:?}");
        let more = format!(
            "{BY_HASH}[default.sharding.keyspaces.elsewhere]\nstrategy = 'consistent_hash'"
        );
        let asks = rocket(cluster, &more, fairing()).mount("/", route);
        launched(cluster, asks).await.get("/").await.expect(200);
    }
}

async fn a_wrong_configuration_keeps_it_from_launching(cluster: &TestCluster) {
    for wrong in [
        "[default.sharding]\nmigrate_on_strat = true",
        "[default.sharding.pool]\nmax_size = 600",
        "[default]\nworkers = 'many'",
        "[default.sharding.keyspaces.more]\nstrategy = 'astrology'",
    ] {
        let toml = format!("{BY_HASH}{wrong}");
        assert_eq!(failure(rocket(cluster, &toml, fairing())).await, "shards", "{wrong}");
    }
    // Tables of a keyspace that there is not.
    assert_eq!(failure(rocket(cluster, "", fairing())).await, "shards");
    assert!(rocket(cluster, BY_HASH, fairing()).ignite().await.is_ok());
}

#[get("/up")]
fn up(db: &State<ShardedDb>, monitor: &State<Monitor>) -> String {
    let up = monitor.snapshot().iter().filter(|shard| shard.current.is_healthy()).count();
    format!("{up} of {}", db.shards().len())
}

async fn what_the_fairing_makes_is_managed(cluster: &TestCluster) {
    let app = rocket(cluster, BY_HASH, fairing()).mount("/", routes![up]);
    assert_eq!(launched(cluster, app).await.get("/up").await.expect(200).text, "3 of 3");
}

async fn a_shard_that_comes_late_is_migrated_and_served_from(cluster: &TestCluster) {
    cluster.server(1).kill();
    let app = start(cluster).await;
    let mut late = None;
    for n in 0..20 {
        let answer = app.post_text(&format!("/notes/author-{n}"), "tea").await;
        match answer.shard() {
            "shard-1" => late = Some((n, answer.expect(503))),
            _ => drop(answer.expect(201)),
        }
    }
    let (n, answer) = late.expect("a ring uses all shards");
    assert_eq!(answer.str("type"), "/problems/unavailable");
    cluster.server(1).start_again();
    let back = eventually(Duration::from_secs(30), async || {
        app.post_text(&format!("/notes/author-{n}"), "tea").await.status == 201
    });
    assert!(back.await, "it is served from once it was migrated");
}

/// As Rocket does it on a signal: told to stop, it runs the fairings and lets requests end.
async fn shards_are_closed_when_it_stops(cluster: &TestCluster) {
    let rocket = rocket(cluster, BY_HASH, fairing()).ignite().await.expect("it is in order");
    let db = rocket.state::<ShardedDb>().cloned().expect("the fairing manages it");
    let in_flight = rocket.state::<InFlight>().cloned();
    assert!(in_flight.is_some(), "requests are counted");
    assert_eq!(rocket.config().shutdown.grace, 6, "longer than a request may take");
    let client = Client::untracked(rocket).await.expect("it launches");
    let answer = client.post("/notes/ada").body("tea").dispatch().await;
    assert_eq!(answer.status().code, 201);
    assert!(db.shards().iter().any(|shard| shard.state().size > 0), "it has connections");
    drop(answer);
    client.terminate().await;
    assert!(db.shards().iter().all(|shard| shard.state().size == 0), "they are closed");
    let refused = db.read(&Author("ada".into()), |_| Ok(())).await.expect_err("it is closed");
    let shardwright::cluster::Error::Shard(ShardError::ShuttingDown { .. }) = refused else {
        panic!("{refused}");
    };
}
