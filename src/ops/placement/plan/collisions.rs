use super::super::{Findings, Load};
use crate::{key::ShardId, ops::tables::StoredId};

/// An id whose rows come together from several shards.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Collision {
    /// The id, whatever its regions.
    pub id: StoredId,
    /// The shards that have rows of it, the destination among them if it has.
    pub from: Vec<ShardId>,
    /// Where they come together.
    pub to: ShardId,
}

/// Watches the keys of one id, which come one after another.
pub(super) struct Watch {
    id: Option<StoredId>,
    /// Where its rows come from and go to, and what they are.
    flows: Vec<(usize, usize, Load)>,
    found: Findings<Collision>,
}

impl Watch {
    pub(super) fn new(limit: usize) -> Self {
        Self { id: None, flows: Vec::new(), found: Findings::new(limit) }
    }

    /// Rows of the id that are on `from` will be on `to`.
    pub(super) fn flow(&mut self, id: &StoredId, flow: (usize, usize, Load), shards: &[ShardId]) {
        if self.id.as_ref() != Some(id) {
            self.settle(shards);
            self.id = Some(id.clone());
        }
        self.flows.push(flow);
    }

    pub(super) fn finish(mut self, shards: &[ShardId]) -> Findings<Collision> {
        self.settle(shards);
        self.found
    }

    /// The id has been seen whole.
    fn settle(&mut self, shards: &[ShardId]) {
        if let [_, _, ..] = self.flows.as_slice()
            && let Some(id) = &self.id
        {
            // By destination, then by origin.
            self.flows.sort_by_key(|(from, to, _)| (*to, *from));
            for flows in self.flows.chunk_by(|a, b| a.1 == b.1) {
                let mut from: Vec<_> = flows.iter().map(|(from, _, _)| *from).collect();
                from.dedup();
                if from.len() > 1 {
                    let load = flows.iter().map(|(_, _, load)| *load).sum();
                    self.found.add(load, || Collision {
                        id: id.clone(),
                        from: from.iter().map(|place| shards[*place].clone()).collect(),
                        to: shards[flows[0].1].clone(),
                    });
                }
            }
        }
        self.flows.clear();
    }
}
