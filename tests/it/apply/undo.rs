//! A change that is broken off, gone on with or taken back; and no other one meanwhile.

use super::{
    fill::MODEST,
    kills::{STEPS, gone},
    on_both,
    phase::{Phase, phase},
    rules::{FIRST, OTHER, Rules, THIRD, WEIGHTED},
    stage::Stage,
};
use crate::support::cluster::TestCluster;

on_both!(4 =>
    all_is_put_back,
    a_new_shard_is_left_empty,
    a_third_file_is_refused,
    taken_back_between_two_conclusions,
);

/// Kills a run half way.
fn half_way(stage: &Stage, next: &Rules) {
    let mut run =
        stage.start_apply(next, &[&STEPS[..], &["--max-rows-per-second", "200"]].concat());
    run.says("orders: moved").says("orders: moved");
    let ended = run.kill();
    gone(&stage.cluster);
    let world = stage.world_of(next);
    assert!([Phase::Moving, Phase::OnBoth].contains(&phase(stage, next, &world)), "{ended}");
}

fn all_is_put_back(cluster: TestCluster) {
    let mut stage = Stage::over(cluster, FIRST, MODEST);
    let before = stage.world();
    half_way(&stage, &OTHER);
    assert_ne!(stage.world(), before);
    for rules in [FIRST, OTHER] {
        let said = stage.refused(rules);
        assert!(said.contains("are being moved"), "{said}");
        assert!(said.contains("placement apply --config") && said.contains("--undo"), "{said}");
    }
    stage.apply(&OTHER, &["--undo"]).expect(0).reports(&["Taken back"]);
    assert_eq!(stage.world(), before, "every row is where it was");
    stage.assert_noted(&FIRST, &stage.read(&FIRST), "taken back");
    drop(stage.serve());
    let said = stage.refused(OTHER);
    assert!(said.contains("on the wrong shard") && said.contains("placement apply"), "{said}");
    let refused = stage.apply(&OTHER, &["--undo"]).expect(1);
    refused.complains("no change to the new configuration is under way");
    assert_eq!(stage.world(), before);
}

fn a_new_shard_is_left_empty(cluster: TestCluster) {
    let mut stage = Stage::over(cluster, FIRST, MODEST);
    let before = stage.world();
    let four = FIRST.shards(4);
    half_way(&stage, &four);
    stage.apply(&four, &["--undo"]).expect(0);
    assert_eq!(stage.world_of(&four), before);
    drop(stage.serve());
    stage.refused(four);
    stage.apply(&four, &[]).expect(0);
    stage.assert_carried_out(&four, "in the end");
    stage.enforce(four);
    drop(stage.serve());
}

fn a_third_file_is_refused(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    let before = stage.world();
    half_way(&stage, &OTHER);
    let under_way = stage.world();
    for third in [THIRD, FIRST.orders(WEIGHTED), FIRST] {
        let refused = stage.apply(&third, &[]).expect(1);
        let refused = refused.complains("on their way to another rule");
        assert_eq!(stage.world(), under_way, "{third:?}\n{refused}");
    }
    // The way back is known without the file that the way there was begun with.
    stage.apply(&THIRD, &["--undo"]).expect(0);
    assert_eq!(stage.world(), before);
    drop(stage.serve());
    stage.apply(&OTHER, &[]).expect(0);
    stage.assert_carried_out(&OTHER, "in the end");
}

/// One keyspace's end is noted before the other's: taken back then, and broken off on the way, the
/// change can still be taken back.
fn taken_back_between_two_conclusions(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    let before = stage.world();
    stage.apply(&OTHER, &[]).expect(0);
    let (old, new) = (stage.read(&FIRST), stage.read(&OTHER));
    for shard in 0..3 {
        let sql = format!(
            "UPDATE shardwright_placement SET fingerprint = '{}', moving_to = '{}' \
             WHERE keyspace = 'users'",
            old.fingerprint("users"),
            new.fingerprint("users")
        );
        stage.cluster.execute(shard, &sql);
    }
    let slow = ["--undo", "--batch-rows", "20", "--max-rows-per-second", "200"];
    let mut run = stage.start_apply(&OTHER, &slow);
    run.says("orders: moved").says("orders: moved");
    run.kill();
    gone(&stage.cluster);
    stage.apply(&OTHER, &["--undo"]).expect(0);
    assert_eq!(stage.world(), before, "every row is where it was");
    stage.assert_noted(&FIRST, &old, "taken back");
    drop(stage.serve());
}
