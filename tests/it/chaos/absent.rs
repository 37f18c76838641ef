//! A server that is down when the service starts.

use std::time::Duration;

use super::VICTIM;
use super::stage::Stage;
use super::verdict::Verdict;

/// How soon the service must be up.
const SOON: Duration = Duration::from_secs(3);

#[test]
fn a_shard_that_is_down_at_the_start_is_taken_back() {
    start_without("absent", |_| {});
}

#[test]
fn a_shard_that_comes_back_without_tables_is_migrated_before_it_is_taken_back() {
    start_without("absent, not migrated", |stage| {
        let begin_anew = "DROP SCHEMA public CASCADE";
        stage.cluster.execute(VICTIM, begin_anew);
        stage.cluster.execute(VICTIM, "CREATE SCHEMA public");
        stage.ledger.forget(VICTIM);
    });
}

fn start_without(name: &'static str, prepare: impl FnOnce(&mut Stage)) {
    let mut stage = Stage::set(name);
    stage.stop_service();
    prepare(&mut stage);
    stage.victim().kill();
    let took = stage.start_service();
    let run = stage.run(|episode| {
        episode.endure();
        episode.stage().victim().start_again();
    });
    let late = (took > SOON).then(|| format!("the service was up after {took:?}, not {SOON:?}"));
    Verdict::on(&stage, &run).shard_gone().failures_quick().health_knows().and(late).end();
}
