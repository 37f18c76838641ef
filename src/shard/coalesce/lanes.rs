use std::{
    any::{Any, TypeId},
    sync::{Arc, PoisonError, RwLock},
};

use super::{lane::Lane, work::Work};
use crate::shard::Connect;

/// A shard's lanes, made when they are first used.
#[derive(Default)]
pub(in crate::shard) struct Lanes(RwLock<Vec<Known>>);

/// A lane of whatever kind.
struct Known {
    work: TypeId,
    lane: Arc<dyn Any + Send + Sync>,
    close: Box<dyn Fn() + Send + Sync>,
    queued: Box<dyn Fn() -> usize + Send + Sync>,
}

impl Lanes {
    /// How many calls wait in them.
    pub(in crate::shard) fn queued(&self) -> usize {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.iter().map(|known| (known.queued)()).sum()
    }

    /// The lane for that kind of work.
    pub(super) fn of<C: Connect, W: Work<C>>(&self) -> Arc<Lane<C, W>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if let Some(lane) = find(&known) {
            return lane;
        }
        drop(known);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        // Somebody else may have made it meanwhile.
        find(&known).unwrap_or_else(|| {
            let lane = Arc::new(Lane::<C, W>::new());
            let (closing, counted) = (Arc::clone(&lane), Arc::clone(&lane));
            known.push(Known {
                work: TypeId::of::<W>(),
                lane: Arc::clone(&lane) as Arc<dyn Any + Send + Sync>,
                close: Box::new(move || closing.close()),
                queued: Box::new(move || counted.queued()),
            });
            lane
        })
    }
}

/// There are a few at the most.
fn find<C: Connect, W: Work<C>>(known: &[Known]) -> Option<Arc<Lane<C, W>>> {
    let known = known.iter().find(|known| known.work == TypeId::of::<W>())?;
    Arc::clone(&known.lane).downcast().ok()
}

impl Drop for Lanes {
    /// Nobody is left who could ask for anything; the workers end.
    fn drop(&mut self) {
        let known = self.0.get_mut().unwrap_or_else(PoisonError::into_inner);
        known.iter().for_each(|known| (known.close)());
    }
}
