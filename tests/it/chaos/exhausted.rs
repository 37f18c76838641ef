//! Somebody else has all the server's connections.

use super::run::Episode;
use super::stage::Stage;
use super::verdict::Verdict;
use crate::support::chaos;

fn fault(episode: &mut Episode<'_>) {
    let exhausted = chaos::exhaust(episode.stage().victim());
    episode.endure();
    drop(exhausted);
}

#[test]
fn a_shard_without_connections_hurts_nobody_but_its_own_keys_and_is_named() {
    let mut stage = Stage::set_with_few_connections("exhausted");
    let slower = stage.compare(fault);
    let run = stage.run(fault);
    Verdict::on(&stage, &run)
        .shard_gone()
        .failures_quick()
        .health_knows()
        .failures_name("no connection to spare")
        .and(slower)
        .end();
}
