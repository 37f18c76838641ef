//! A Postgres server killed while its rows are moved.

use std::time::Duration;

use super::{
    fill::MODEST,
    kills::{STEPS, finish, gone},
    phase::{Phase, Spread, phase},
    rules::{FIRST, OTHER},
    stage::Stage,
};
use crate::support::{cluster::TestCluster, seed::Seed};

const KILLS: usize = 10;

#[test]
fn a_server_killed_under_it_loses_nothing() {
    let mut stage = Stage::over(TestCluster::postgres(3), FIRST, MODEST);
    let mut seed = Seed::from_env();
    let mut spread = Spread::default();
    for kill in 0..KILLS {
        let next = if stage.present == FIRST { OTHER } else { FIRST };
        let mut run = stage.start_apply(&next, &STEPS);
        // Before it is known what is to be done, or after some of it.
        let (lines, of) = if kill < 3 { (kill, " to move") } else { (kill, ": moved ") };
        for _ in 0..lines {
            run.line(of);
        }
        run.runs_for(Duration::from_micros(seed.below(20_000) as u64));
        let victim = seed.below(3);
        stage.cluster.server(victim).kill();
        let ended = run.end();
        let about = format!("kill {kill} of shard-{victim}, seed {}\n{ended}", seed.first());
        assert!(matches!(ended.code, Some(0 | 1)), "{about}");
        stage.cluster.server(victim).start_again();
        gone(&stage.cluster);
        let world = stage.world();
        let rules = [&stage.present, &next].map(|rules| stage.read(rules));
        world.assert_intact(&stage.truth, [&rules[0], &rules[1]], &about);
        let at = phase(&stage, &next, &world);
        spread.add(at);
        assert_eq!(ended.code == Some(0), at == Phase::Done, "{at:?}, {about}");
        if (Phase::Marking..Phase::Concluding).contains(&at) && seed.below(3) == 0 {
            stage.apply(&next, &["--undo"]).expect(0);
            stage.assert_carried_out(&stage.present, &about);
        } else {
            finish(&mut stage, next, &about);
        }
    }
    let middle = spread.of(&[Phase::Moving, Phase::OnBoth]);
    assert!(middle >= 2, "kills in the middle: {spread:?}, seed {}", seed.first());
}
