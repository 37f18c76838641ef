//! Nothing to do, done twice, and what it says for programs.

use serde_json::json;

use super::{
    fill::MODEST,
    on_both,
    rules::{FIRST, OTHER},
    stage::Stage,
};
use crate::support::cluster::TestCluster;

on_both!(3 => what_is_done_is_done, what_was_moved_as_json);

fn what_is_done_is_done(cluster: TestCluster) {
    let mut stage = Stage::over(cluster, FIRST, MODEST);
    let same = stage.apply(&FIRST, &[]).expect(0).reports(&["orders: every key was in its place"]);
    stage.assert_carried_out(&FIRST, &same.to_string());
    drop(stage.serve());
    let refused = stage.apply(&FIRST, &["--undo"]).expect(1);
    refused.complains("no change to the new configuration is under way");

    // Twice with the same two files: the second finds it done.
    stage.apply(&OTHER, &[]).expect(0).reports(&["orders: moved ", "users: moved "]);
    let again = stage.apply(&OTHER, &[]).expect(0);
    let again = again.reports(&["orders: every key was", "users: every key was"]);
    stage.assert_carried_out(&OTHER, &again.to_string());

    // It is too late to take it back, and that changes nothing.
    let refused = stage.apply(&OTHER, &["--undo"]).expect(1);
    let refused = refused.complains("no change to the new configuration is under way");
    stage.assert_carried_out(&OTHER, &refused.to_string());
    stage.enforce(OTHER);
    drop(stage.serve());

    // The way back is a change like any other.
    stage.apply(&FIRST, &[]).expect(0);
    stage.assert_carried_out(&FIRST, "there and back");
}

fn what_was_moved_as_json(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    let (old, new) = (stage.read(&FIRST), stage.read(&OTHER));
    let moving = |keyspace: &str| -> (usize, usize) {
        let moving = stage
            .truth
            .iter()
            .filter(|(key, _)| key.keyspace == keyspace && old.home(key) != new.home(key));
        moving.fold((0, 0), |(keys, rows), (_, of_key)| (keys + 1, rows + of_key.len()))
    };
    let ended = stage.apply(&OTHER, &["--json"]).expect(0);
    assert_eq!(ended.err, "", "nothing beside the JSON: {ended}");
    let told = ended.json();
    for (at, keyspace) in ["orders", "users"].into_iter().enumerate() {
        let (keys, rows) = moving(keyspace);
        let about = &told["keyspaces"][at];
        let expected = json!([keyspace, keys, rows]);
        assert_eq!(json!([about["keyspace"], about["keys"], about["rows"]]), expected, "{told}");
        assert!(about["bytes"].as_u64().is_some_and(|bytes| bytes > 20 * rows as u64), "{told}");
    }
    assert!(told["seconds"].as_f64().is_some_and(|seconds| seconds > 0.0), "{told}");
    stage.assert_carried_out(&OTHER, "--json");
}
