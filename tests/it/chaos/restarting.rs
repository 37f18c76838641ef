//! A server that goes down and comes back ten times.

use super::run::Episode;
use super::stage::Stage;
use super::verdict::Verdict;
use crate::support::chaos::{self, How};
use crate::support::seed::Seed;

const TIMES: u32 = 10;

fn fault(episode: &mut Episode<'_>, seed: &mut Seed) {
    let (victim, between) = (episode.stage().victim(), episode.stage().settings.fault / TIMES);
    for _ in 0..TIMES {
        chaos::restart(victim, *seed.pick(&[How::Stopped, How::Killed]));
        episode.endure_and(between, || {});
    }
}

#[test]
fn a_shard_that_restarts_again_and_again_loses_nothing_and_does_nothing_twice() {
    let mut stage = Stage::set("restarting");
    let mut seed = stage.seed.branch();
    let slower = stage.compare(|episode| fault(episode, &mut seed.clone()));
    let run = stage.run(|episode| fault(episode, &mut seed));
    Verdict::on(&stage, &run).and(slower).end();
}
