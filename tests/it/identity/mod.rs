//! Each database says which shard of which cluster it is and by which rules its rows were placed,
//! and one that says otherwise than the configuration is refused.

mod adopt;
mod rules;
mod running;
mod strangers;

use crate::process::Folder;
use crate::support::cluster::TestCluster;

/// The keyspaces, users parting at this id.
pub(crate) fn parting_at(id: i64) -> String {
    format!(
        "[default.sharding.keyspaces.orders]\nstrategy = \"consistent_hash\"\n\
         [default.sharding.keyspaces.users]\nstrategy = \"range\"\n\
         ranges = [ {{ end = {id}, shard = \"shard-0\" }}, {{ start = {id}, shard = \"shard-1\" }} ]\n"
    )
}

/// A folder whose shards are these databases, in this order.
pub(crate) fn folder(urls: &[&String], keyspaces: &str) -> Folder {
    let shard = |(i, url)| format!("[default.sharding.shards.shard-{i}]\nurl = '{url}'\n");
    let shards: String = urls.iter().enumerate().map(shard).collect();
    Folder::with(&format!("{shards}{keyspaces}")).env("ROCKET_PROFILE", "default")
}

/// The cluster's own configuration, and its databases migrated.
pub(crate) fn migrated(cluster: &TestCluster, keyspaces: &str) -> Folder {
    let folder = folder(&cluster.urls().iter().collect::<Vec<_>>(), keyspaces);
    folder.run(&["migration", "run"]).expect(0);
    folder
}

/// Users with these ids on a shard, past the service.
pub(crate) fn users(cluster: &TestCluster, shard: usize, ids: std::ops::Range<i64>) {
    let now = match cluster.backend() {
        "sqlite" => "2026-11-22 00:00:00.000000+00:00",
        _ => "2026-11-22 00:00:00Z",
    };
    let row = |id| format!("({id}, 'Ada', 'ada@example.org', NULL, '{now}')");
    let rows: Vec<_> = ids.map(row).collect();
    cluster.execute(shard, &format!("INSERT INTO users VALUES {}", rows.join(", ")));
}
