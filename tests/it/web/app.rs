//! The application.

use diesel::prelude::*;
use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use figment::{
    Figment,
    providers::{Format, Toml},
};
use rocket::error::ErrorKind;
use rocket::local::asynchronous::Client;
use rocket::response::status::Created;
use rocket::{Build, Rocket, get, post, routes};
use shardwright::cluster::ShardedDb;
use shardwright::cluster::merge::{Count, merge_all};
use shardwright::key::{ShardBy, ShardKey};
use shardwright::ops::tables::Table;
use shardwright::shard::ShardConnection;
use shardwright::web::{Problem, Shards, ShardsFairing, catchers};

use crate::support::app::TestApp;
use crate::support::cluster::TestCluster;

pub(super) const MIGRATIONS: EmbeddedMigrations = embed_migrations!("tests/it/web/migrations");

pub(super) const BY_HASH: &str =
    "[default.sharding.keyspaces.notes]\nstrategy = 'consistent_hash'\n";

diesel::table! { notes (author, words) { author -> Text, words -> Text, } }

/// What notes are placed by.
pub(super) struct Author(pub(super) String);

impl ShardBy for Author {
    const KEYSPACE: &'static str = "notes";
    const FIELD: &'static str = "author";

    fn shard_key(&self) -> ShardKey<'_> {
        ShardKey::text(&self.0)
    }
}

#[post("/notes/<author>", data = "<words>")]
async fn add(
    notes: Shards<'_, Author>,
    author: &str,
    words: String,
) -> Result<Created<()>, Problem> {
    let row = (notes::author.eq(author.to_owned()), notes::words.eq(words));
    let insert = move |conn: &mut ShardConnection| {
        diesel::insert_into(notes::table).values(row).execute(conn)
    };
    match notes.write(&Author(author.to_owned()), insert).await {
        Ok(_) => Ok(Created::new(format!("/notes/{author}"))),
        Err(failed) if failed.is_unique_violation() => Err(Problem::conflict("that was said")),
        Err(failed) => Err(failed.into()),
    }
}

#[get("/notes/<author>")]
pub(super) async fn list(notes: Shards<'_, Author>, author: &str) -> Result<String, Problem> {
    let query = notes::table.filter(notes::author.eq(author.to_owned())).select(notes::words);
    let words = move |conn: &mut ShardConnection| query.order(notes::words).load::<String>(conn);
    Ok(notes.read(&Author(author.to_owned()), words).await?.join("|"))
}

#[get("/count")]
async fn count(notes: Shards<'_, Author>) -> Result<String, Problem> {
    let count = |conn: &mut ShardConnection| notes::table.count().get_result::<i64>(conn);
    let counts = notes.scatter(count).await.complete()?.into_iter();
    let Count(all) = merge_all(counts.map(|(_, n)| Count(n.unsigned_abs())))?.unwrap_or_default();
    Ok(all.to_string())
}

/// Settings that no file and no environment variable changes.
pub(super) fn figment(cluster: &TestCluster, toml: &str) -> Figment {
    let rocket = rocket::Config {
        log_level: rocket::config::LogLevel::Off,
        ..rocket::Config::debug_default()
    };
    let toml = format!("{}{toml}", cluster.shards_toml());
    Figment::from(rocket).merge(Toml::string(&toml).nested())
}

pub(super) fn fairing() -> ShardsFairing<ShardConnection> {
    let fairing = ShardedDb::<ShardConnection>::fairing().migrations(MIGRATIONS);
    fairing.tables("notes", [Table::by_text("notes", "author")])
}

/// The application with these settings, not yet launched.
pub(super) fn rocket(
    cluster: &TestCluster,
    toml: &str,
    fairing: ShardsFairing<ShardConnection>,
) -> Rocket<Build> {
    rocket::custom(figment(cluster, toml))
        .attach(fairing)
        .mount("/", routes![add, list, count])
        .register("/", catchers())
}

/// The application as it is meant, launched.
pub(super) async fn start(cluster: &TestCluster) -> TestApp {
    launched(cluster, rocket(cluster, BY_HASH, fairing())).await
}

pub(super) async fn launched(cluster: &TestCluster, rocket: Rocket<Build>) -> TestApp {
    let client = Client::untracked(rocket).await.expect("the application launches");
    TestApp::over(cluster, client)
}

/// What a launch fails with. Rocket's error panics when nobody has looked at it.
pub(super) async fn failure(rocket: Rocket<Build>) -> String {
    let error = match rocket.ignite().await {
        Ok(_) => return "nothing".to_owned(),
        Err(error) => error,
    };
    match error.kind() {
        ErrorKind::SentinelAborts(aborts) => format!("{} aborts", aborts.len()),
        ErrorKind::FailedFairings(fairings) => {
            fairings.iter().map(|fairing| fairing.name).collect::<Vec<_>>().join(", ")
        }
        other => format!("{other:?}"),
    }
}
