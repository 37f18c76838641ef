//! Drift: what someone changed by hand on one shard is named exactly, and nothing else is.

mod kinds;
mod majority;
mod none;
mod on_postgres;
mod on_sqlite;
mod under_way;

use diesel::connection::SimpleConnection;
use shardwright::cluster::ShardedDb;
use shardwright::ops::migrate::{Migrator, Options};
use shardwright::shard::ShardConnection;
use shardwright::store::migrations;

use super::project::Project;
use crate::support::cluster::TestCluster;

/// Two tables with some of everything: what all shards have.
const SCHEMA: &str = "
    CREATE TABLE parents (id bigint PRIMARY KEY, code text NOT NULL, UNIQUE (code));
    CREATE TABLE things (
        id bigint PRIMARY KEY,
        name text NOT NULL DEFAULT 'none',
        n integer CHECK (n > 0),
        parent bigint REFERENCES parents (id),
        UNIQUE (name)
    );
    CREATE INDEX things_by_n ON things (n);
    CREATE VIEW names AS SELECT name FROM things;
";

/// A migrator of [`SCHEMA`], and shards that have it behind them.
async fn migrated(cluster: &TestCluster) -> (Project, Migrator<ShardConnection>) {
    let project = Project::new(cluster);
    project.add("2026-06-01-000001_schema", SCHEMA, "");
    project.migrate("run").expect(0);
    let mut builder = ShardedDb::<ShardConnection>::builder();
    for (n, url) in cluster.urls().iter().enumerate() {
        builder = builder.shard(&format!("shard-{n}"), url).expect("the URL is good");
    }
    let db = builder.build().expect("the cluster is good");
    let migrator = Migrator::new(db, migrations::directory(project.migrations()));
    assert!(drift(&migrator).await.is_empty());
    (project, migrator)
}

/// All that has drifted: `shard from reference: object …`.
async fn drift(migrator: &Migrator<ShardConnection>) -> Vec<String> {
    let drift = migrator.drift(&Options::default()).await.expect("no shard is named");
    let told = drift.drifted.iter().flat_map(|shard| {
        let (name, reference) = (&shard.shard, &shard.reference);
        shard.differences.iter().map(move |what| format!("{name} from {reference}: {what}"))
    });
    let told: Vec<String> = told.collect();
    assert_eq!(told.is_empty(), drift.is_none());
    told
}

/// Runs statements on a shard by hand.
fn by_hand(cluster: &TestCluster, shard: usize, sql: &str) {
    let done = cluster.connection(shard).batch_execute(sql);
    done.unwrap_or_else(|why| panic!("{sql}: {why}"));
}

/// Takes a shard's schema away and makes it anew, in these words.
fn anew(cluster: &TestCluster, shard: usize, schema: &str) {
    by_hand(cluster, shard, "DROP VIEW IF EXISTS names");
    by_hand(cluster, shard, "DROP TABLE IF EXISTS things");
    by_hand(cluster, shard, "DROP TABLE IF EXISTS parents");
    by_hand(cluster, shard, schema);
}
