use std::collections::BTreeMap;

use super::{
    super::{Amount, Finding, Findings, KeyspaceChange, Load, Resident, home::home},
    Balance, KeyspacePlan, LISTED, Pair, collisions, movers,
};
use crate::{key::ShardId, routing::Router};

/// A plan in the making: takes one key after another, in ascending order.
pub(super) struct Tally<'a> {
    keyspace: &'a KeyspaceChange,
    shards: &'a [ShardId],
    stored: Amount,
    moving: Amount,
    pairs: BTreeMap<(usize, usize), Amount>,
    before: Vec<Amount>,
    after: Vec<Amount>,
    movers: movers::Largest,
    unplaceable: Findings<Finding>,
    misplaced: Findings<Finding>,
    twice: Findings<Finding>,
    collisions: collisions::Watch,
}

impl<'a> Tally<'a> {
    pub(super) fn new(keyspace: &'a KeyspaceChange, shards: &'a [ShardId], top: usize) -> Self {
        let none = vec![Amount::default(); shards.len()];
        Self {
            keyspace,
            shards,
            stored: Amount::default(),
            moving: Amount::default(),
            pairs: BTreeMap::new(),
            before: none.clone(),
            after: none,
            movers: movers::Largest::new(top),
            unplaceable: Findings::new(LISTED),
            misplaced: Findings::new(LISTED),
            twice: Findings::new(LISTED),
            collisions: collisions::Watch::new(LISTED),
        }
    }

    pub(super) fn count(&mut self, found: Resident<'_>) {
        self.stored += Amount::one(found.load());
        for (place, load) in found.at {
            self.before[*place] += Amount::one(*load);
        }
        self.hold_against_the_present(found);
        match home(&*self.keyspace.after, found.key, self.shards) {
            Ok(to) => self.send(found, to),
            Err(why) => {
                self.unplaceable.add(found.load(), || Finding::of(found, &Err(why), self.shards));
                for &(place, load) in found.at {
                    self.after[place] += Amount::one(load);
                    self.collisions.flow(&found.key.id, (place, place, load), self.shards);
                }
            }
        }
    }

    fn hold_against_the_present(&mut self, found: Resident<'_>) {
        let present: &dyn Router = &*self.keyspace.before;
        let home = home(present, found.key, self.shards);
        let finding = || Finding::of(found, &home, self.shards);
        if found.at.len() > 1 {
            self.twice.add(found.load(), finding);
        }
        let astray = |(place, _): &&(usize, Load)| home.as_ref() != Ok(place);
        let load = found.at.iter().filter(astray).map(|(_, load)| *load).sum();
        if found.at.iter().any(|at| astray(&at)) {
            self.misplaced.add(load, finding);
        }
    }

    /// The key's rows, wherever they are, will be on one shard.
    fn send(&mut self, found: Resident<'_>, to: usize) {
        self.after[to] += Amount::one(found.load());
        let mut moved = Load::default();
        for &(from, load) in found.at {
            self.collisions.flow(&found.key.id, (from, to, load), self.shards);
            if from != to {
                moved += load;
                *self.pairs.entry((from, to)).or_default() += Amount::one(load);
                self.movers.offer(found.key, load, from, to);
            }
        }
        if moved.rows > 0 {
            self.moving += Amount::one(moved);
        }
    }

    pub(super) fn finish(self, keyless: Vec<Load>) -> KeyspacePlan {
        let shards = self.shards;
        let pair = |((from, to), amount): ((usize, usize), Amount)| Pair {
            from: shards[from].clone(),
            to: shards[to].clone(),
            amount,
        };
        let balance = shards.iter().zip(self.before.into_iter().zip(self.after));
        let balance =
            balance.map(|(shard, (before, after))| Balance { shard: shard.clone(), before, after });
        let keyless = shards.iter().cloned().zip(keyless).filter(|(_, load)| load.rows > 0);
        KeyspacePlan {
            keyspace: self.keyspace.name.clone(),
            changes: !self.keyspace.is_none(),
            stored: self.stored,
            moving: self.moving,
            pairs: self.pairs.into_iter().map(pair).collect(),
            balance: balance.collect(),
            movers: self.movers.finish(shards),
            unplaceable: self.unplaceable,
            misplaced: self.misplaced,
            twice: self.twice,
            collisions: self.collisions.finish(shards),
            keyless: keyless.collect(),
        }
    }
}
