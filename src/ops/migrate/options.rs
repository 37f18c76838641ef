use std::{
    num::NonZeroUsize,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use super::DdlLimits;
use crate::key::ShardId;

/// How a rollout goes over the shards.
///
/// # Examples
/// One shard first, then the others four at a time:
///
/// ```
/// use std::num::NonZeroUsize;
///
/// use shardwright::{key::ShardId, ops::migrate::Options};
///
/// let canary = Some(ShardId::new("shard-0")?);
/// let options = Options { canary, wave: NonZeroUsize::new(4), ..Options::default() };
/// assert!(options.shards.is_empty(), "which means all");
/// # Ok::<(), shardwright::key::NameError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Options {
    /// The shards to work on; empty for all.
    pub shards: Vec<ShardId>,
    /// A shard to do first, alone; if it fails no other is started.
    pub canary: Option<ShardId>,
    /// How many shards to do side by side; `None` for all.
    pub wave: Option<NonZeroUsize>,
    /// How long to wait for another process that is migrating a shard.
    pub patience: Duration,
    /// How long schema changes may wait and run.
    pub limits: DdlLimits,
    /// Set from elsewhere to start no further shard.
    pub stop: Stop,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            shards: Vec::new(),
            canary: None,
            wave: None,
            patience: Duration::from_secs(60),
            limits: DdlLimits::default(),
            stop: Stop::default(),
        }
    }
}

impl Options {
    /// All defaults, on these shards alone.
    #[must_use]
    pub fn on(shards: &[ShardId]) -> Self {
        Self { shards: shards.to_vec(), ..Self::default() }
    }
}

/// A request to stop that others can make: shards under way are finished, no
/// further one is started.
#[derive(Debug, Clone, Default)]
pub struct Stop(Arc<AtomicBool>);

impl Stop {
    /// Asks for it.
    pub fn request(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether it was asked for.
    #[must_use]
    pub fn is_requested(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What to do on each shard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Task {
    /// Apply everything pending.
    Run,
    /// Take back the newest.
    Revert(Count),
    /// Take back the newest and apply them again.
    Redo(Count),
}

/// How many migrations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// This many.
    Newest(usize),
    /// Every one.
    All,
}

impl Count {
    pub(super) fn limit(self) -> usize {
        match self {
            Self::Newest(count) => count,
            Self::All => usize::MAX,
        }
    }
}
