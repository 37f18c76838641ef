//! `kill -9` of the whole server.

use super::run::Episode;
use super::stage::Stage;
use super::verdict::Verdict;
use crate::support::chaos;

fn fault(episode: &mut Episode<'_>) {
    let killed = chaos::kill(episode.stage().victim());
    episode.endure();
    drop(killed);
}

#[test]
fn a_killed_shard_hurts_nobody_but_its_own_keys() {
    let mut stage = Stage::set("killed");
    let slower = stage.compare(fault);
    let run = stage.run(fault);
    Verdict::on(&stage, &run).shard_gone().failures_quick().health_knows().and(slower).end();
}
