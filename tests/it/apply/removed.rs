//! A target whose file is taken away while rows go there.

use std::fs;

use super::{fill::Size, rules::FIRST, stage::Stage};
use crate::support::{cluster::TestCluster, files::Files};

const SLOWLY: [&str; 4] = ["--batch-rows", "20", "--max-rows-per-second", "100"];
const PLENTY: Size = Size { tenants: 400, orders_each: 4, users: 0 };
/// The most that can have gone before it was noticed: what had been told, and a batch
/// at each of its two ends.
const LOST: usize = 3 * 5;

#[test]
fn nothing_is_removed_at_its_source_for_a_file_that_is_gone() {
    let stage = Stage::over(TestCluster::sqlite(4), FIRST, PLENTY);
    let mut run = stage.start_apply(&FIRST.shards(4), &SLOWLY);
    run.says("orders: moved");
    let files = Files::of(&stage.cluster, 3);
    files.clear_log();
    fs::remove_file(&files.0).expect("rows have gone there");
    let ended = run.end().expect(1).complains("its file is missing");
    let left = stage.world().0.len();
    assert!(left + LOST >= stage.truth.len(), "{left} of {} keys: {ended}", stage.truth.len());
}

#[test]
fn put_back_under_its_name_it_is_gone_on_with() {
    let stage = Stage::over(TestCluster::sqlite(4), FIRST, PLENTY);
    let next = FIRST.shards(4);
    let mut run = stage.start_apply(&next, &SLOWLY);
    run.says("orders: moved");
    let files = Files::of(&stage.cluster, 3);
    files.take_away();
    run.end().expect(1).complains("its file is missing");
    files.put_back();
    stage.apply(&next, &[]).expect(0);
    stage.assert_carried_out(&next, "gone on with");
}
