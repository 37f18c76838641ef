//! A deployer killed at any step leaves what a rerun completes.

use std::hint::spin_loop;
use std::time::{Duration, Instant};

use rustix::process::Signal;

use super::{five, on_both, process::Ended, project::Project, traces};
use crate::support::cluster::TestCluster;

on_both!(3 => a_rerun_completes_what_a_killed_run_left);

/// Over both backends; each step of each shard is hit once. `SHARDWRIGHT_KILLS` asks for more.
const KILLS: usize = 30;

fn a_rerun_completes_what_a_killed_run_left(cluster: &TestCluster) {
    let wanted = std::env::var("SHARDWRIGHT_KILLS").ok();
    let wanted = wanted.map_or(KILLS, |n| n.parse().expect("SHARDWRIGHT_KILLS is a number"));
    let project = Project::new(cluster);
    five::add(&project);
    let (mut kills, mut half_way) = (0, 0);
    for seed in 0.. {
        traces::wipe(cluster);
        kills += killed(&kill_at_its_step(&project, seed));
        // Of what is left another run may be killed too, or be done by then.
        if mixed(seed).is_multiple_of(3) {
            kills += killed(&kill_at_any_step(&project, seed));
        }
        let begun = |shard| !matches!(traces::versions(cluster, shard).len(), 0 | 5);
        half_way += usize::from((0..3).any(begun));
        let rerun = project.migrate("run");
        assert_eq!(rerun.code, Some(0), "seed {seed}\n{rerun}");
        five::assert_complete(cluster, &format!("seed {seed}\n{rerun}"));
        if kills >= wanted.div_ceil(2) {
            // A signal can come late, but not as a rule.
            assert!(seed < wanted, "{seed} runs for {kills} kills");
            break;
        }
    }
    assert!(half_way * 2 > wanted / 2, "of {kills} kills only {half_way} left a shard half way");
}

/// The steps in turn: each of five migrations on each of three shards.
fn kill_at_its_step(project: &Project, seed: usize) -> Ended {
    let (migration, shard) = (five::NAMES[seed % 5], seed / 5 % 3);
    let mut run = project.start("run");
    run.line(&format!("shard-{shard}: {migration} …"));
    spin(seed);
    run.kill()
}

fn kill_at_any_step(project: &Project, seed: usize) -> Ended {
    let mut run = project.start("run");
    let step = "2026-01-01";
    for _ in 0..mixed(seed + 1) % 4 {
        run.line(step);
    }
    spin(seed);
    run.kill()
}

/// 1 if the process was killed rather than quicker than its killer.
fn killed(ended: &Ended) -> usize {
    if ended.signal == Some(Signal::KILL.as_raw()) {
        return 1;
    }
    assert_eq!(ended.code, Some(0), "{ended}");
    0
}

/// Up to about as long as a migration takes, so that the kill finds it anywhere.
fn spin(seed: usize) {
    let end = Instant::now() + Duration::from_micros((mixed(seed) % 12_000) as u64);
    while Instant::now() < end {
        spin_loop();
    }
}

/// SplitMix64.
fn mixed(seed: usize) -> usize {
    let mut z = (seed as u64).wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (z ^ (z >> 31)) as usize
}
