//! What processes have used, from `/proc`.

use std::fs;

/// What `clock_ticks` counts in: the kernel shows `USER_HZ`, which is 100 wherever Linux runs.
const MICROSECONDS_PER_TICK: u64 = 10_000;

/// A process's CPU time (user and system) and that of its dead children, in ticks.
fn ticks(pid: u32) -> Option<(u64, u64)> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name before it may hold anything; fields 14 to 17 are counted from 3.
    let fields: Vec<&str> = stat.rsplit_once(") ")?.1.split(' ').collect();
    let field = |n: usize| fields.get(n - 3)?.parse::<u64>().ok();
    Some((field(14)? + field(15)?, field(16)? + field(17)?))
}

/// The CPU time of a family in microseconds: the living, and the dead whom the first, who is the
/// parent of all, has waited for.
pub(crate) fn cpu(family: &[u32]) -> u64 {
    let living: u64 = family.iter().filter_map(|pid| ticks(*pid)).map(|(own, _)| own).sum();
    let dead = family.first().and_then(|first| ticks(*first)).map_or(0, |(_, dead)| dead);
    (living + dead) * MICROSECONDS_PER_TICK
}

/// The memory of a family in bytes, what several share counted once.
pub(crate) fn memory(family: &[u32]) -> u64 {
    family.iter().filter_map(|pid| proportional(*pid).or_else(|| resident(*pid))).sum()
}

fn proportional(pid: u32) -> Option<u64> {
    kilobytes(&fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?, "Pss:")
}

/// Where the kernel does not show proportions.
fn resident(pid: u32) -> Option<u64> {
    kilobytes(&fs::read_to_string(format!("/proc/{pid}/status")).ok()?, "VmRSS:")
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}

/// A process and its descendants, itself first.
pub(crate) fn family(pid: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(|pid| Some((pid, parent(pid)?)))
        .collect();
    let mut members = vec![pid];
    let mut next = 0;
    while let Some(&parent) = members.get(next) {
        members.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        next += 1;
    }
    members
}

/// Whether this is still the process that was one of the family: its group has not changed.
pub(crate) fn belongs(pid: u32, family: &[u32]) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields).unwrap_or_default();
    // A service is started as the head of a group of its own.
    let group = fields.split(' ').nth(2).and_then(|group| group.parse().ok());
    group.is_some() && group == family.first().copied()
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}
