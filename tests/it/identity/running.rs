//! What becomes known while a service runs.

use serde_json::json;

use super::{migrated, parting_at, users};
use crate::process::{Server, until};
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(
    a_database_that_comes_back_as_another_is_not_served_from,
    one_whose_rows_are_placed_anew_is_not_served_from,
);

fn is_refused(server: &Server, shard: &str, because: &str) -> bool {
    let health = server.get("/health/shards").json;
    health[shard]["error"].as_str().is_some_and(|error| error.contains(because))
}

/// Ends every connection of the service; on SQLite there is nobody who could, so it starts anew.
fn reconnect(cluster: &TestCluster, shard: usize) {
    if cluster.backend() == "postgres" {
        let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                   WHERE application_name = 'shardwright' AND pid <> pg_backend_pid()";
        cluster.execute(shard, end);
    }
}

async fn a_database_that_comes_back_as_another_is_not_served_from(cluster: &TestCluster) {
    if cluster.backend() == "sqlite" {
        return;
    }
    let folder = migrated(cluster, &parting_at(50_000));
    users(cluster, 0, 1..20);
    let server = folder.serve();
    assert_eq!(server.get("/users/7").status, 200, "{}", server.log());
    cluster.execute(0, "UPDATE shardwright_shard SET shard_id = 'shard-2'");
    reconnect(cluster, 0);
    until("it is refused", || is_refused(&server, "shard-0", "says it is shard-2"));
    assert_eq!(server.get("/users/7").status, 503, "{}", server.log());
    assert_eq!(server.get("/health/ready").status, 503);
    // The others serve on.
    let user = json!({ "id": 50_000, "name": "Ada", "email": "ada@example.org" });
    assert_eq!(server.post("/users", &user).status, 201, "{}", server.log());
    cluster.execute(0, "UPDATE shardwright_shard SET shard_id = 'shard-0'");
    until("it serves again", || server.get("/users/7").status == 200);
}

async fn one_whose_rows_are_placed_anew_is_not_served_from(cluster: &TestCluster) {
    if cluster.backend() == "sqlite" {
        return;
    }
    let folder = migrated(cluster, &parting_at(50_000));
    users(cluster, 0, 1..20);
    let server = folder.serve();
    let note = |to: &str| {
        format!("UPDATE shardwright_placement SET moving_to = {to} WHERE keyspace = 'users'")
    };
    cluster.execute(0, &note("'00000000000000000000000000000000'"));
    reconnect(cluster, 0);
    until("it is refused", || is_refused(&server, "shard-0", "are being moved"));
    assert_eq!(server.get("/users/7").status, 503, "{}", server.log());
    cluster.execute(0, &note("NULL"));
    until("it serves again", || server.get("/users/7").status == 200);
    let fingerprint = "UPDATE shardwright_placement SET fingerprint = \
                       '00000000000000000000000000000000' WHERE keyspace = 'users'";
    cluster.execute(0, fingerprint);
    reconnect(cluster, 0);
    until("it is refused", || is_refused(&server, "shard-0", "placed by another rule"));
}
