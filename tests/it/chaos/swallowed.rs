//! A server that accepts and never answers, as at the end of a dropped route.

use super::run::Episode;
use super::stage::Stage;
use super::verdict::Verdict;
use crate::support::chaos::Mode;

fn fault(episode: &mut Episode<'_>) {
    let proxy = episode.stage().proxy.as_ref().expect("the stage was set with one");
    let swallowed = proxy.fail(Mode::Swallow);
    episode.endure();
    drop(swallowed);
}

#[test]
fn a_shard_that_never_answers_hurts_nobody_but_its_own_keys() {
    let mut stage = Stage::set_with_proxy("swallowed");
    let slower = stage.compare(fault);
    let run = stage.run(fault);
    Verdict::on(&stage, &run).shard_gone().failures_quick().health_knows().and(slower).end();
}
