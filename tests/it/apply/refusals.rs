//! What can't be moved refuses the whole, before anything is changed.

use super::{
    fill::MODEST,
    on_both,
    rules::{BY_HASH, BY_RANGE, BY_REGION, FIRST, OTHER, Rules},
    stage::Stage,
    truth::{World, world},
};
use crate::{migrate::process::Ended, support::cluster::TestCluster};

on_both!(3 =>
    keys_in_a_gap,
    users_without_a_known_region,
    users_of_one_id_in_two_regions,
    keys_on_two_shards,
);

const WITH_GAP: &str = "strategy = 'range'
    allow_gaps = true
    ranges = [ { end = 50000, shard = 'shard-1' }, { start = 60000, shard = 'shard-0' } ]";
const TWO_REGIONS: &str = "strategy = 'region'
    regions = { eu = 'shard-0', us = 'shard-1' }";

const AT: &str = "'2026-01-01 00:00:00.000000+00:00'";

/// The change is refused, and all is as it was: rows, notes and the service.
fn refused(stage: &Stage, next: &Rules) -> Ended {
    let before = stage.world();
    let ended = stage.apply(next, &[]).expect(1);
    assert_eq!(stage.world(), before, "{ended}");
    let moving = stage.cluster.rows_per_shard("shardwright_placement", "moving_to IS NOT NULL");
    assert_eq!(moving, [0, 0, 0], "{ended}");
    ended
}

/// The service still starts by the file in force.
fn still_serves(stage: &Stage) {
    assert_eq!(stage.serve().get("/health/ready").status, 200);
}

fn user(stage: &Stage, shard: usize, id: i64, name: &str, region: &str) {
    let sql = format!("INSERT INTO users VALUES ({id}, '{name}', 'e', {region}, {AT})");
    stage.cluster.execute(shard, &sql);
}

fn order(stage: &Stage, shard: usize, tenant: &str, cents: i64) {
    let id = match stage.cluster.backend() {
        "sqlite" => format!("X'{:032x}'", 7),
        _ => format!("'{:032x}'", 7),
    };
    stage.cluster.execute(
        shard,
        &format!("INSERT INTO orders VALUES ('{tenant}', {id}, 'c', 'paid', {cents}, 'EUR', {AT})"),
    );
}

fn keys_in_a_gap(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    // The other keyspace's keys could be moved, and are not either.
    let ended = refused(&stage, &OTHER.users(WITH_GAP));
    let ended = ended.complains("keyspace users can't be moved").complains("Nothing was changed");
    assert!(ended.err.contains(&format!("{} keys have no place", MODEST.users / 10)), "{ended}");
    let named = (50_000..60_000).filter(|id| ended.err.contains(&format!("{id} (")));
    assert!((1..=5).contains(&named.count()), "{ended}");
    still_serves(&stage);
}

fn users_without_a_known_region(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    refused(&stage, &OTHER.users(TWO_REGIONS)).complains("asia");
    still_serves(&stage);
    user(&stage, 0, 7, "nowhere", "NULL");
    let ended = refused(&stage, &OTHER.users(BY_REGION));
    ended.complains("1 keys have no place").complains("such as 7 (");
    still_serves(&stage);
}

fn users_of_one_id_in_two_regions(cluster: TestCluster) {
    let by_region = FIRST.users(BY_REGION);
    let stage = Stage::over(cluster, by_region, MODEST);
    user(&stage, 0, 7, "Ada", "'eu'");
    user(&stage, 1, 7, "Grace", "'us'");
    for users in [BY_HASH, BY_RANGE] {
        let ended = refused(&stage, &OTHER.users(users));
        let ended = ended.complains("keyspace users can't be moved");
        ended.complains("7 on shard-0 and shard-1").complains("Nothing was changed");
    }
    still_serves(&stage);
}

/// Equal, as a kill leaves them, they become one; different, they are for people to look at.
fn keys_on_two_shards(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    let by = stage.read(&OTHER);
    // On both of two shards, of which one is their home by the new rule.
    let shards = |keyspace, id: &str| {
        let id = id.to_owned();
        let home = by.home(&super::truth::Key { keyspace, id, region: None });
        [(home + 1) % 3, home]
    };
    for shard in shards("users", "7") {
        user(&stage, shard, 7, "twin", "'eu'");
    }
    for shard in shards("orders", "twin") {
        order(&stage, shard, "twin", 5);
    }
    let [away, home] = shards("orders", "twin");
    for change in [
        "UPDATE orders SET total_cents = 6 WHERE tenant_id = 'twin'",
        "UPDATE orders SET status = 'placed', total_cents = 5 WHERE tenant_id = 'twin'",
    ] {
        stage.cluster.execute(away, change);
        let ended = refused(&stage, &OTHER);
        let ended = ended.complains("keyspace orders can't be moved").complains("twin on shard-");
        ended.complains("Nothing was changed");
    }
    stage.cluster.execute(away, "UPDATE orders SET status = 'paid' WHERE tenant_id = 'twin'");
    let [_, of_user] = shards("users", "7");
    stage.cluster.execute(of_user, "UPDATE users SET name = 'other' WHERE id = 7");
    refused(&stage, &OTHER).complains("keyspace users can't be moved").complains("7");
    stage.cluster.execute(of_user, "UPDATE users SET name = 'twin' WHERE id = 7");

    let ended = stage.apply(&OTHER, &[]).expect(0);
    let World(found) = world(&stage.cluster, 3);
    assert_eq!(found.len(), stage.truth.len() + 2, "{ended}");
    for (key, places) in &found {
        assert_eq!(places.keys().collect::<Vec<_>>(), [&by.home(key)], "{key:?}\n{ended}");
        let is_twin = ["7", "twin"].contains(&key.id.as_str());
        assert!(is_twin || stage.truth[key] == places[&by.home(key)], "{key:?}\n{ended}");
    }
    let twins = stage.cluster.rows_per_shard("orders", "tenant_id = 'twin'");
    assert_eq!((twins[home], twins.iter().sum::<i64>()), (1, 1), "{ended}");
    stage.assert_noted(&OTHER, &by, "twins");
}
