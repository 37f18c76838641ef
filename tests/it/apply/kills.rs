//! `apply` killed at any moment: a rerun finishes, `--undo` takes back, and nothing is lost.

use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
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
    /// How long a run takes to find out what it has to do.
    took_to_plan: Duration,
    /// And how long for each batch.
    took_a_batch: Duration,
}

impl Killer {
    fn over(cluster: TestCluster, wanted: usize) -> Killer {
        let mut stage = Stage::over(cluster, FIRST, MODEST);
        let began = Instant::now();
        let mut run = stage.start_apply(&OTHER, &STEPS);
        run.says(" to move");
        let took_to_plan = began.elapsed();
        let ended = run.end().expect(0);
        let batches = ended.err.lines().filter(|line| line.contains(": moved ")).count();
        let took_a_batch = (began.elapsed() - took_to_plan) / batches as u32;
        finish(&mut stage, OTHER, "the first run");
        let (seed, spread) = (Seed::from_env(), Spread::default());
        Killer { stage, seed, spread, kills: 0, wanted, took_to_plan, took_a_batch }
    }

    /// A change begun, killed some times on its way there or back, and brought to an end.
    fn change(&mut self) {
        let others = [FIRST, OTHER, THIRD].map(|rules| rules);
        let others: Vec<_> = others.into_iter().filter(|r| *r != self.stage.present).collect();
        let next = *self.seed.pick(&others);
        let mut at = Phase::Unmarked;
        for again in 0..=self.seed.below(3) {
            let back = again > 0 && self.seed.below(3) == 0;
            at = self.kill(&next, back);
        }
        let about = format!("{at:?}, seed {}", self.seed.first());
        if self.seed.below(2) == 0 && !self.taken_back(&next, at, &about) {
            return;
        }
        finish(&mut self.stage, next, &about);
    }

    /// Lets it run for a while, and kills it where it stands.
    fn kill(&mut self, next: &Rules, back: bool) -> Phase {
        let way: &[&str] = if back { &["--undo"] } else { &[] };
        let mut run = self.stage.start_apply(next, &[&STEPS[..], way].concat());
        let is_postgres = self.stage.cluster.backend() == "postgres";
        match is_postgres && self.kills % 5 == 2 {
            true => self.catch(&mut run),
            false => self.wait(&mut run),
        }
        let ended = run.kill();
        let about = format!("back {back}, seed {}\n{ended}", self.seed.first());
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

    /// Moments spread evenly: a part of them over the time before a run has found out what it
    /// has to do, the others over what it then does, to which the end belongs.
    fn wait(&mut self, run: &mut Running) {
        const BEFORE: f64 = 0.15;
        let slot = (self.kills * 7 % self.wanted) as f64 + self.seed.below(1000) as f64 / 1000.0;
        let share = slot / self.wanted as f64;
        if share < BEFORE {
            run.runs_for(self.took_to_plan.mul_f64(1.2 * share / BEFORE));
            return;
        }
        let (mut keys_in_all, mut moved) = (0, 0);
        for _ in 0..2 {
            let Some(line) = run.line(" to move") else { return };
            keys_in_all += keys(&line);
        }
        // All of them at the last, and so not a moment before.
        let wanted = ((keys_in_all + 1) as f64 * (share - BEFORE) / (1.0 - BEFORE) * 1.1) as u64;
        while moved < wanted.min(keys_in_all) {
            let Some(line) = run.line(": moved ") else { return };
            moved += keys(&line);
        }
        let share = self.seed.below(1000) as f64 / 1000.0;
        run.runs_for(self.took_a_batch.mul_f64(1.5 * share));
    }

    /// Between the copy of a batch and its removal: a moment that chance seldom hits on Postgres,
    /// where rows that somebody has locked can be read and not removed.
    fn catch(&self, run: &mut Running) {
        run.line(": moved ");
        let rows = ["orders", "order_requests", "users"];
        let lock = rows.map(|table| format!("SELECT 1 FROM {table} FOR UPDATE;")).concat();
        // A batch may just be removed, in another order than rows are locked here. Of the two,
        // this one is to give way, and asks again.
        let lock = format!("SET deadlock_timeout = '10ms'; BEGIN; {lock}");
        let lock = |shard| loop {
            let mut session = self.stage.cluster.connection(shard);
            match session.batch_execute(&lock) {
                Ok(()) => break session,
                Err(error) => assert!(error.to_string().contains("deadlock"), "{error}"),
            }
        };
        let _locked: Vec<_> = (0..3).map(lock).collect();
        let waiting = "application_name = 'shardwright placement apply' \
                       AND wait_event_type = 'Lock'";
        until("it waits for rows, or has none left to wait for", || {
            !run.is_running()
                || self.stage.cluster.rows_per_shard("pg_stat_activity", waiting) != [0, 0, 0]
        });
        run.strike();
    }

    /// `--undo` puts everything back, until the last database has noted the end. Says whether
    /// there is still something to be done: not where nothing was begun, or all was done.
    fn taken_back(&self, next: &Rules, at: Phase, about: &str) -> bool {
        let ended = self.stage.apply(next, &["--undo"]);
        let about = format!("{about}\n{ended}");
        if matches!(at, Phase::Unmarked | Phase::Done) {
            ended.expect(1).complains("no change to the new configuration is under way");
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
