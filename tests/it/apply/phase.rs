//! How far a change has come, by what the databases hold.

use std::collections::BTreeMap;

use super::{
    rules::{Placement, Rules},
    stage::{Note, Stage, notes},
    truth::World,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    /// Nothing says that there is a change.
    Unmarked,
    /// Some databases say so.
    Marking,
    /// All say so, and no key has moved.
    Marked,
    /// Some keys have moved, and none is on two shards.
    Moving,
    /// Keys are on two shards.
    OnBoth,
    /// Every key has moved.
    Arrived,
    /// Some databases say that it is done.
    Concluding,
    /// All say so.
    Done,
}

/// Where the change from the rules in force to these ones is.
pub(super) fn phase(stage: &Stage, next: &Rules, world: &World) -> Phase {
    let (old, new) = (stage.read(&stage.present), stage.read(next));
    let changed: Vec<_> = ["orders", "users"]
        .into_iter()
        .filter(|keyspace| old.fingerprint(keyspace) != new.fingerprint(keyspace))
        .collect();
    let notes: Vec<Note> = (0..stage.present.shards)
        .flat_map(|shard| notes(&stage.cluster, shard))
        .filter(|note| changed.contains(&note.keyspace.as_str()))
        .collect();
    let all = changed.len() * stage.present.shards;
    let moving = notes.iter().filter(|note| note.moving_to.is_some()).count();
    let is_done = |note: &&Note| {
        note.moving_to.is_none() && note.fingerprint == new.fingerprint(&note.keyspace)
    };
    let done = notes.iter().filter(is_done).count();
    if world.0.values().any(|places| places.len() > 1) {
        return Phase::OnBoth;
    }
    match moving {
        0 if done == all => Phase::Done,
        0 => Phase::Unmarked,
        _ if done > 0 => Phase::Concluding,
        _ if moving < all => Phase::Marking,
        _ => moved(world, &old, &new),
    }
}

fn moved(world: &World, old: &Placement, new: &Placement) -> Phase {
    let travellers = world.0.iter().filter(|(key, _)| old.home(key) != new.home(key));
    let arrived: Vec<bool> =
        travellers.map(|(key, places)| places.contains_key(&new.home(key))).collect();
    match arrived.iter().filter(|arrived| **arrived).count() {
        0 => Phase::Marked,
        n if n == arrived.len() => Phase::Arrived,
        _ => Phase::Moving,
    }
}

/// How many kills found a change in which phase.
#[derive(Debug, Default)]
pub(super) struct Spread(BTreeMap<Phase, usize>);

impl Spread {
    pub(super) fn add(&mut self, phase: Phase) {
        *self.0.entry(phase).or_default() += 1;
    }

    pub(super) fn of(&self, phases: &[Phase]) -> usize {
        phases.iter().filter_map(|phase| self.0.get(phase)).sum()
    }
}
