//! Every query takes longer than its deadline: somebody holds a lock on the table.

use super::run::Episode;
use super::stage::Stage;
use super::verdict::Verdict;
use super::{DEADLINE, SLACK};
use crate::support::chaos::{self, Onlooker};

/// Gives the most queries of the service that were seen to go on after their deadline.
fn fault(episode: &mut Episode<'_>) -> usize {
    let (victim, long) = (episode.stage().victim(), episode.stage().settings.fault);
    let mut onlooker = Onlooker::at(victim);
    let mut abandoned = 0;
    let locked = chaos::lock_table(victim, "orders");
    episode.endure_and(long, || abandoned = abandoned.max(onlooker.busy_for(DEADLINE + SLACK)));
    drop(locked);
    abandoned
}

#[test]
fn a_slow_shard_hurts_nobody_but_its_own_keys() {
    let mut stage = Stage::set("locked");
    let mut abandoned = 0;
    let slower = stage.compare(|episode| {
        fault(episode);
    });
    let run = stage.run(|episode| abandoned = fault(episode));
    let left = (abandoned > 0)
        .then(|| format!("{abandoned} queries at a time went on after their callers had gone"));
    Verdict::on(&stage, &run).shard_gone().and(left).and(slower).end();
}
