//! Rules: of the application's own, and changed ones.

use shardwright::key::{ShardBy, ShardId, ShardIndex, ShardKey};
use shardwright::ops::tables::Table;
use shardwright::routing::{Fingerprint, RouteError, Router};

use super::{Author, BY_HASH, MIGRATIONS, failure, fairing, launched, rocket};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    a_router_of_its_own_places_a_keyspace,
    a_router_that_can_not_be_is_refused,
    a_changed_rule_is_taken_on_while_there_are_no_rows,
);

/// All on the last of the shards.
#[derive(Debug)]
struct Last([ShardIndex; 1]);

impl Last {
    fn of(shards: &[ShardId]) -> Result<Self, String> {
        let last = shards.len().checked_sub(1).ok_or("there is no shard")?;
        u16::try_from(last).map(|last| Self([ShardIndex::new(last)])).map_err(|e| e.to_string())
    }
}

impl Router for Last {
    fn strategy(&self) -> &'static str {
        "last"
    }

    fn route(&self, _: &ShardKey<'_>) -> Result<ShardIndex, RouteError> {
        Ok(self.0[0])
    }

    fn shards(&self) -> &[ShardIndex] {
        &self.0
    }

    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::builder("last").field(&self.0[0].get().to_be_bytes()).finish()
    }
}

async fn a_router_of_its_own_places_a_keyspace(cluster: &TestCluster) {
    let fairing = fairing().router(Author::KEYSPACE, Last::of);
    let app = launched(cluster, rocket(cluster, "", fairing)).await;
    for n in 0..5 {
        let added = app.post_text(&format!("/notes/author-{n}"), "tea").await.expect(201);
        assert_eq!(added.shard(), "shard-2");
    }
    assert_eq!(cluster.rows_per_shard("notes", "true"), [0, 0, 5]);
}

async fn a_router_that_can_not_be_is_refused(cluster: &TestCluster) {
    let refused = async |toml, fairing| failure(rocket(cluster, toml, fairing)).await == "shards";
    let beyond = |_: &[ShardId]| Ok::<_, String>(Last([ShardIndex::new(3)]));
    assert!(refused("", fairing().router("notes", beyond)).await, "a shard too many");
    let none = |_: &[ShardId]| Err::<Last, _>("not today");
    assert!(refused("", fairing().router("notes", none)).await, "it says so itself");
    assert!(refused(BY_HASH, fairing().router("notes", Last::of)).await, "it is configured too");
    assert!(refused(BY_HASH, fairing().router("a name", Last::of)).await, "no name");
    assert!(!refused("", fairing().router("notes", Last::of)).await, "there is no other reason");
}

async fn a_changed_rule_is_taken_on_while_there_are_no_rows(cluster: &TestCluster) {
    let changed = format!("{BY_HASH}virtual_nodes = 100\n");
    drop(launched(cluster, rocket(cluster, BY_HASH, fairing())).await);
    // Whether there are rows can be seen only in declared tables.
    let blind = || shardwright::cluster::ShardedDb::fairing().migrations(MIGRATIONS);
    assert_eq!(failure(rocket(cluster, &changed, blind())).await, "shards");
    let app = launched(cluster, rocket(cluster, &changed, fairing())).await;
    for n in 0..30 {
        app.post_text(&format!("/notes/author-{n}"), "tea").await.expect(201);
    }
    drop(app);
    let back = rocket(cluster, BY_HASH, fairing());
    assert_eq!(failure(back).await, "shards", "rows are elsewhere");
    let tables = [Table::by_text("notes", "author")];
    let same = blind().tables(Author::KEYSPACE, tables);
    launched(cluster, rocket(cluster, &changed, same)).await.get("/count").await.expect(200);
}
