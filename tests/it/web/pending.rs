//! Migrations when an application starts.

use std::sync::Arc;

use shardwright::ops::migrate::{Options, ShardReport, Task};

use super::{BY_HASH, failure, fairing, figment, launched, rocket};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    pending_ones_refuse_the_start_where_it_may_not_migrate,
    an_application_without_any_can_start,
);

async fn pending_ones_refuse_the_start_where_it_may_not_migrate(cluster: &TestCluster) {
    let toml = format!("[default.sharding]\nmigrate_on_start = false\n{BY_HASH}");
    assert_eq!(failure(rocket(cluster, &toml, fairing())).await, "shards", "some are pending");

    let migrator = fairing().migrator(&figment(cluster, &toml)).expect("it is in order");
    let reports = migrator.carry_out(Task::Run, &Options::default(), Arc::new(())).await;
    assert!(reports.expect("it has these shards").iter().all(ShardReport::is_done));
    let app = launched(cluster, rocket(cluster, &toml, fairing())).await;
    app.post_text("/notes/ada", "tea").await.expect(201);
    assert_eq!(cluster.rows_per_shard("__diesel_schema_migrations", "true"), [1, 1, 1]);
}

async fn an_application_without_any_can_start(cluster: &TestCluster) {
    let sql = "CREATE TABLE notes (author TEXT, words TEXT, PRIMARY KEY (author, words))";
    cluster.execute_everywhere(sql);
    let fairing = shardwright::cluster::ShardedDb::fairing();
    let app = launched(cluster, rocket(cluster, BY_HASH, fairing)).await;
    app.post_text("/notes/ada", "tea").await.expect(201);
}
