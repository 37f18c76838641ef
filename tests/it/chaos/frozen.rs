//! `SIGSTOP` of all the server's processes.

use super::run::Episode;
use super::stage::Stage;
use super::verdict::Verdict;
use crate::support::chaos;

fn fault(episode: &mut Episode<'_>) {
    let frozen = chaos::freeze(episode.stage().victim());
    episode.endure();
    drop(frozen);
}

#[test]
fn a_frozen_shard_hurts_nobody_but_its_own_keys() {
    let mut stage = Stage::set("frozen");
    let slower = stage.compare(fault);
    let run = stage.run(fault);
    Verdict::on(&stage, &run).shard_gone().failures_quick().health_knows().and(slower).end();
}
