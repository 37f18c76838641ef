//! One process at a time migrates a shard.

use std::sync::Arc;
use std::time::Duration;

use shardwright::cluster::ShardedDb;
use shardwright::ops::migrate::{Migrate, MigrateError, Migrator};
use shardwright::store::migrations;

use crate::support::{both::both_backends, cluster::TestCluster};

both_backends!(a_shard_that_another_process_migrates_is_waited_for_and_named);

async fn a_shard_that_another_process_migrates_is_waited_for_and_named(cluster: &TestCluster) {
    let mut builder = ShardedDb::builder();
    for (i, url) in cluster.urls().iter().enumerate() {
        builder = builder.shard(&format!("shard-{i}"), url).expect("the harness made it");
    }
    let db = builder.build().expect("a good cluster");
    let migrator = Migrator::new(db, Arc::new(migrations::of)).patience(Duration::from_millis(200));

    // As the other process would: on a connection of its own, held as long as it migrates.
    let mut other = cluster.connection(1);
    let lock = other.try_lock().expect("the shard is up").expect("nobody holds it");
    let reports = migrator.run().await;
    assert!(matches!(reports[1].error, Some(MigrateError::Locked(_))), "{reports:?}");
    let applied: Vec<_> = reports.iter().map(|report| report.applied.len()).collect();
    assert_eq!(applied, [2, 0, 2], "its neighbours wait for nobody");

    drop((lock, other));
    // The server takes a moment to see that a session has ended.
    let migrator = migrator.patience(Duration::from_secs(30));
    let reports = migrator.run().await;
    assert!(reports.iter().all(|report| report.error.is_none()), "{reports:?}");
    let applied: Vec<_> = reports.iter().map(|report| report.applied.len()).collect();
    assert_eq!(applied, [0, 2, 0]);
    // With nothing to do it waits for nobody, lock or not.
    let mut other = cluster.connection(1);
    let _lock = other.try_lock().expect("the shard is up").expect("nobody holds it");
    let reports = migrator.patience(Duration::ZERO).run().await;
    assert!(reports.iter().all(|report| report.error.is_none()), "{reports:?}");
}
