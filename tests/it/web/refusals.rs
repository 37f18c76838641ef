//! What a start that is refused tells its operators to do: what their program has.

use std::time::Duration;

use shardwright::cluster::Blueprint;
use shardwright::http::Service;
use shardwright::key::ShardBy;
use shardwright::ops::Launch;
use shardwright::ops::tables::{KeyspaceTables, Table};

use super::{Author, BY_HASH, fairing, figment, launched, rocket};
use crate::support::app::TestApp;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    an_application_is_told_of_the_library,
    a_database_that_is_refused_later_is_told_of_likewise,
    the_service_is_told_of_its_commands,
);

/// Why the application does not start.
async fn refused(cluster: &TestCluster, toml: &str, tables: bool) -> String {
    let figment = figment(cluster, toml);
    let migrator = fairing().migrator(&figment).expect("a good configuration");
    let settings = Blueprint::load(&figment).expect("a good configuration").settings;
    let notes = KeyspaceTables::new(Author::KEYSPACE, [Table::by_text("notes", "author")]);
    let declared = tables.then(|| notes.expect("good names")).into_iter().collect();
    match Launch::ready(migrator, declared, settings).await {
        Ok(_) => panic!("it starts with {toml}"),
        Err(error) => error.to_string(),
    }
}

async fn an_application_is_told_of_the_library(cluster: &TestCluster) {
    let waits = format!("[default.sharding]\nmigrate_on_start = false\n{BY_HASH}");
    let changed = format!("{BY_HASH}virtual_nodes = 100\n");
    let pending = refused(cluster, &waits, true).await;
    let app = launched(cluster, rocket(cluster, BY_HASH, fairing())).await;
    for n in 0..30 {
        app.post_text(&format!("/notes/author-{n}"), "tea").await.expect(201);
    }
    drop(app);
    let moved = refused(cluster, &changed, true).await;
    let blind = refused(cluster, &changed, false).await;
    cluster.execute_everywhere("DELETE FROM shardwright_placement");
    let unrecorded = refused(cluster, &changed, true).await;
    cluster.execute(0, "UPDATE shardwright_shard SET shard_id = 'shard-9'");
    let stranger = refused(cluster, BY_HASH, true).await;
    for (words, says, does) in [
        (&pending, "lacks 1 of the migrations", "`ops::migrate::Migrator`"),
        (&moved, "not the one its rows were placed by", "`ops::moves::Moves`"),
        (&blind, "declares no tables", "fairing().tables("),
        (&unrecorded, "not recorded by which rule", "`ops::moves::Moves`"),
        (&stranger, "says it is shard-9", "`ops::identity::adopt`"),
    ] {
        assert!(words.contains(says) && words.contains(does), "{says}: {words}");
        assert!(!words.contains("`shardwright ") && !words.contains("`placement "), "{words}");
    }
}

async fn a_database_that_is_refused_later_is_told_of_likewise(cluster: &TestCluster) {
    let migrator = fairing().migrator(&figment(cluster, BY_HASH)).expect("it is in order");
    let shard = &migrator.db().shards()[0];
    let refused = shard.probe(Duration::from_secs(10)).await;
    let words = refused.expect_err("it was never migrated").to_string();
    assert!(
        words.contains("migrations are pending") && !words.contains("`shardwright "),
        "{words}"
    );
}

async fn the_service_is_told_of_its_commands(cluster: &TestCluster) {
    let waits = TestApp::on(cluster).config("[default.sharding]\nmigrate_on_start = false");
    let service = Service::open(&waits.figment()).expect("a good configuration");
    let error = service.rocket().await.expect_err("migrations are pending").to_string();
    assert!(error.contains("run `shardwright migration run`"), "{error}");
}
