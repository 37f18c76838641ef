//! `apply` killed at any moment: a rerun finishes, `--undo` takes back, and nothing is lost.

use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{
    fill::MODEST,
    on_both,
    phase::{Phase, Spread, phase},
    rules::{FIRST, OTHER, Rules, THIRD},
    stage::Stage,
};
use crate::{
    migrate::process::{Ended, Running},
    process::until,
    support::{cluster::TestCluster, seed::Seed},
};

on_both!(3 => a_killed_run_loses_nothing);

/// Over both backends. `SHARDWRIGHT_KILLS` asks for more.
const KILLS: usize = 60;
/// Few rows at a time, so that there are many steps.
pub(super) const STEPS: [&str; 2] = ["--batch-rows", "20"];

fn a_killed_run_loses_nothing(cluster: TestCluster) {
    let wanted = std::env::var("SHARDWRIGHT_KILLS").ok();
    let wanted = wanted.map_or(KILLS, |n| n.parse().expect("SHARDWRIGHT_KILLS is a number"));
    let mut killer = Killer::over(cluster, wanted.div_ceil(2));
    let mut runs = 0;
    while killer.kills < killer.wanted {
        runs += 1;
        assert!(runs <= 3 * killer.wanted, "{} kills of {runs} runs", killer.kills);
        killer.change();
    }
    let (spread, kills) = (&killer.spread, killer.kills);
    let about = format!("{spread:?}, seed {}", killer.seed.first());
    let middle = spread.of(&[Phase::Moving, Phase::OnBoth]);
    assert!(middle * 4 >= kills, "kills in the middle: {about}");
    assert!(spread.of(&[Phase::OnBoth]) > 0, "kills with keys on both shards: {about}");
    assert!(middle < kills, "kills before or after it: {about}");
    tell(&format!("{}: {kills} kills: {about}", killer.stage.cluster.backend()));
}

#[expect(clippy::print_stderr, reason = "what a run of kills hit is for people to read")]
fn tell(text: &str) {
    eprintln!("{text}");
}

struct Killer {
    stage: Stage,
    seed: Seed,
    spread: Spread,
    kills: usize,
    wanted: usize,
    /// How long a run takes that nobody kills.
    took: Duration,
}

impl Killer {
    fn over(cluster: TestCluster, wanted: usize) -> Killer {
        let mut stage = Stage::over(cluster, FIRST, MODEST);
        let began = Instant::now();
        finish(&mut stage, OTHER, "the first run");
        let (took, seed) = (began.elapsed(), Seed::from_env());
        Killer { stage, seed, spread: Spread::default(), kills: 0, wanted, took }
    }

    /// A change begun, killed some times on its way there or back, and brought to an end.
    fn change(&mut self) {
        let others = [FIRST, OTHER, THIRD].map(|rules| rules);
        let others: Vec<_> = others.into_iter().filter(|r| *r != self.stage.present).collect();
        let next = *self.seed.pick(&others);
        let mut at = Phase::Unmarked;
        for again in 0..=self.seed.below(3) {
            let back = again > 0 && self.seed.below(3) == 0;
            at = self.kill(&next, again, back);
        }
        let about = format!("{at:?}, seed {}", self.seed.first());
        if self.seed.below(2) == 0 && !self.taken_back(&next, at, &about) {
            return;
        }
        finish(&mut self.stage, next, &about);
    }

    /// Lets it run for a while, and kills it where it stands.
    fn kill(&mut self, next: &Rules, again: usize, back: bool) -> Phase {
        let way: &[&str] = if back { &["--undo"] } else { &[] };
        let mut run = self.stage.start_apply(next, &[&STEPS[..], way].concat());
        let aimed = again == 0 && self.kills.is_multiple_of(4);
        match aimed {
            true => self.aim(&mut run),
            false => self.wait(&mut run, again),
        }
        let ended = run.kill();
        let about = format!("run {again}, back {back}, seed {}\n{ended}", self.seed.first());
        gone(&self.stage.cluster);
        let world = self.stage.world();
        let rules = [&self.stage.present, next].map(|rules| self.stage.read(rules));
        world.assert_intact(&self.stage.truth, [&rules[0], &rules[1]], &about);
        let at = phase(&self.stage, next, &world);
        if ended.signal == Some(Signal::KILL.as_raw()) {
            self.kills += 1;
            self.spread.add(at);
        } else {
            assert!(ended.code == Some(0) || back && ended.code == Some(1), "{about}");
        }
        at
    }

    /// Moments spread evenly over the time that a run takes; over less of it for one that has
    /// less to do.
    fn wait(&mut self, run: &mut Running, again: usize) {
        let slot = (self.kills * 7 % self.wanted) as f64 + self.seed.below(1000) as f64 / 1000.0;
        let share = slot / self.wanted as f64 / (again + 1) as f64;
        run.runs_for(self.took.mul_f64(share));
    }

    /// The beginning and the end take less time than what is between.
    fn aim(&mut self, run: &mut Running) {
        let Some(orders) = run.line(" to move") else { return };
        let Some(users) = run.line(" to move") else { return };
        if self.kills.is_multiple_of(8) {
            let mut left = keys(&orders) + keys(&users);
            while left > 0 {
                let Some(line) = run.line(": moved ") else { return };
                left -= keys(&line);
            }
        }
        run.runs_for(Duration::from_micros(self.seed.below(30_000) as u64));
    }

    /// `--undo` puts everything back, but for a change that is all but done, or not begun. Says
    /// whether there is still something to be done.
    fn taken_back(&self, next: &Rules, at: Phase, about: &str) -> bool {
        let ended = self.stage.apply(next, &["--undo"]);
        let about = format!("{about}\n{ended}");
        if matches!(at, Phase::Unmarked | Phase::Done) {
            ended.expect(1).complains("no change to the new configuration is under way");
            return true;
        }
        if at >= Phase::Concluding && ended.code == Some(1) {
            ended.complains("has been carried out but for its last notes");
            return true;
        }
        let present = self.stage.present;
        ended.expect(0);
        self.stage.assert_carried_out(&present, &about);
        false
    }
}

/// A run to the end, which the new file is put in force after.
pub(super) fn finish(stage: &mut Stage, next: Rules, about: &str) -> Ended {
    let ended = stage.apply(&next, &STEPS).expect(0);
    stage.assert_carried_out(&next, &format!("{about}\n{ended}"));
    stage.enforce(next);
    ended
}

/// The number at the beginning of what a line tells of a keyspace.
fn keys(line: &str) -> u64 {
    let number: String = line
        .split_once(": ")
        .map_or("", |(_, told)| told.trim_start_matches("moved "))
        .chars()
        .take_while(|c| c.is_ascii_digit() || *c == ',')
        .filter(char::is_ascii_digit)
        .collect();
    number.parse().unwrap_or_else(|_| panic!("no number: {line}"))
}

/// A server may be at the last statement of a process that is no more.
pub(super) fn gone(cluster: &TestCluster) {
    if cluster.backend() != "postgres" {
        return;
    }
    let sessions = "application_name = 'shardwright placement apply'";
    until("its sessions are gone", || {
        cluster.rows_per_shard("pg_stat_activity", sessions).iter().sum::<i64>() == 0
    });
}
