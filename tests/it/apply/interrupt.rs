//! Ctrl-C, an end by the system, and a limit on the rate.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{
    fill::{MODEST, Size},
    kills::gone,
    on_both,
    phase::{Phase, phase},
    rules::{FIRST, OTHER},
    stage::Stage,
};
use crate::support::cluster::TestCluster;

on_both!(3 =>
    it_stops_after_the_batch_and_says_how_to_go_on,
    it_stops_while_it_waits_for_others,
    it_stops_while_it_rests,
    an_end_by_the_system_loses_nothing,
    the_rate_is_held,
);

const SLOWLY: [&str; 4] = ["--batch-rows", "20", "--max-rows-per-second", "200"];
/// Far less than what is left to be done or waited for would take.
const SOON: Duration = Duration::from_secs(10);

fn it_stops_after_the_batch_and_says_how_to_go_on(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    let mut run = stage.start_apply(&OTHER, &SLOWLY);
    run.says("orders: moved").interrupt();
    let ended = run.end().expect(1).complains("stopping").complains("run this again to go on");
    let ended = ended.complains("--undo");
    let world = stage.world();
    assert_eq!(phase(&stage, &OTHER, &world), Phase::Moving, "no key is on both: {ended}");
    let about = [&stage.read(&FIRST), &stage.read(&OTHER)];
    world.assert_intact(&stage.truth, about, "interrupted");
    stage.apply(&OTHER, &[]).expect(0);
    stage.assert_carried_out(&OTHER, "gone on with");
}

fn it_stops_while_it_waits_for_others(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    let before = stage.world();
    let server = stage.serve();
    let mut run = stage.start_apply(&OTHER, &["--wait", "50s"]);
    run.says("; waiting").interrupt();
    let asked = Instant::now();
    run.end().expect(1);
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    drop(server);
    assert_eq!(stage.world(), before);
    drop(stage.serve());
}

fn it_stops_while_it_rests(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, Size { tenants: 8, orders_each: 50, users: 0 });
    // One tenant is a batch of its own, after which it would rest for most of a minute.
    let mut run = stage.start_apply(&OTHER, &["--max-rows-per-second", "1"]);
    run.says("orders: moved").interrupt();
    let asked = Instant::now();
    run.end().expect(1).complains("run this again to go on");
    assert!(asked.elapsed() < SOON, "{:?}", asked.elapsed());
    stage.apply(&OTHER, &["--undo"]).expect(0);
    stage.assert_carried_out(&FIRST, "taken back");
}

fn an_end_by_the_system_loses_nothing(cluster: TestCluster) {
    let stage = Stage::over(cluster, FIRST, MODEST);
    let mut run = stage.start_apply(&OTHER, &SLOWLY);
    run.says("orders: moved").signal(Signal::TERM);
    let ended = run.end();
    assert_ne!(ended.code, Some(0), "{ended}");
    gone(&stage.cluster);
    let both = [&stage.read(&FIRST), &stage.read(&OTHER)];
    stage.world().assert_intact(&stage.truth, both, "terminated");
    stage.apply(&OTHER, &[]).expect(0);
    stage.assert_carried_out(&OTHER, "gone on with");
}

fn the_rate_is_held(cluster: TestCluster) {
    const RATE: u32 = 100;
    let stage = Stage::over(cluster, FIRST, MODEST);
    let rate = RATE.to_string();
    let began = Instant::now();
    let mut run = stage.start_apply(&FIRST.orders(OTHER.orders), &["--max-rows-per-second", &rate]);
    let mut rows = 0;
    while let Some(line) = run.line("orders: moved ") {
        let moved =
            line.rsplit_once(", ").and_then(|(_, rows)| rows.split(' ').next()?.parse().ok());
        let moved: u32 = moved.unwrap_or_else(|| panic!("{line}"));
        assert!(moved <= RATE, "a batch is no more than a second's worth: {line}");
        // Before this batch it rested until those before it were due.
        let due = Duration::from_secs(1) * rows / RATE;
        assert!(began.elapsed() >= due, "{rows} rows after {:?}", began.elapsed());
        rows += moved;
    }
    run.end().expect(0);
    assert!(rows > RATE / 2, "{rows} rows");
    assert!(began.elapsed() >= Duration::from_secs(1) * rows / RATE, "{:?}", began.elapsed());
}
