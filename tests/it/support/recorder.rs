//! An observer that writes down what it is told.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use shardwright::key::{KeyspaceName, ShardId};
use shardwright::shard::{Access, BreakerState, Call, Observer, Scatter, ShardObserver};

/// What was told, in order, without times.
#[derive(Debug, Clone, Default)]
pub(crate) struct Recorder(Arc<Mutex<Vec<String>>>);

struct OfShard(ShardId, Recorder);

impl Recorder {
    /// What has been told since this was last asked.
    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.lock())
    }

    fn note(&self, line: String) {
        self.lock().push(line);
    }

    fn lock(&self) -> MutexGuard<'_, Vec<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for Recorder {
    fn shard(&self, shard: &ShardId) -> Option<Arc<dyn ShardObserver>> {
        Some(Arc::new(OfShard(shard.clone(), self.clone())))
    }

    fn scattered(&self, keyspace: &KeyspaceName, scatter: &Scatter) {
        let Scatter { asked, missing, .. } = scatter;
        self.note(format!("{keyspace}: {missing} of {asked} missing"));
    }
}

impl OfShard {
    fn note(&self, line: &str) {
        self.1.note(format!("{}: {line}", self.0));
    }
}

impl ShardObserver for OfShard {
    fn had_turn(&self, access: Access, _: Duration) {
        self.note(&format!("turn to {}", access.name()));
    }

    fn had_connection(&self, access: Access, _: Duration) {
        self.note(&format!("connection to {}", access.name()));
    }

    fn ran(&self, access: Access, _: Duration) {
        self.note(&format!("ran {}", access.name()));
    }

    fn batched(&self, access: Access, calls: usize) {
        self.note(&format!("{calls} {} as one", access.name()));
    }

    fn called(&self, call: &Call) {
        let outcome = call.outcome.map_or_else(|failure| failure.name(), |()| "done");
        self.note(&format!("{} {outcome}", call.access.name()));
        assert!(call.ended >= call.began);
    }

    fn breaker(&self, state: BreakerState) {
        self.note(&format!("breaker {state}"));
    }
}
