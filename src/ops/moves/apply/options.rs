use std::{
    num::{NonZeroU64, NonZeroUsize},
    time::Duration,
};

use crate::{
    ops::{migrate::Stop, placement::KeyspaceChange},
    routing::SharedRouter,
};

/// Rows in a transaction: enough that its own cost is lost among them.
const AT_ONCE: u64 = 50_000;

/// Which way keys go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Way {
    /// To where the new rule has them.
    There,
    /// Back to where the present rule has them, after a change that was not finished.
    Back,
}

/// How a change is carried out.
#[derive(Debug, Clone)]
pub struct ApplyOptions {
    /// There, or back.
    pub way: Way,
    /// The most rows to move in a second, on average; `None` for as many as go.
    pub max_rows_per_second: Option<NonZeroU64>,
    /// The most rows to move in one transaction; a key with more goes alone, and
    /// whole. `None` for what has proved good.
    pub batch_rows: Option<NonZeroUsize>,
    /// How long to wait for services to end.
    pub patience: Duration,
    /// Set from elsewhere to end after the batch under way.
    pub stop: Stop,
}

impl Default for ApplyOptions {
    fn default() -> Self {
        Self {
            way: Way::There,
            max_rows_per_second: None,
            batch_rows: None,
            patience: Duration::from_secs(3),
            stop: Stop::default(),
        }
    }
}

impl ApplyOptions {
    /// No more than a second's worth, if that is limited.
    pub(super) fn rows_at_once(&self) -> u64 {
        let wanted = self.batch_rows.map_or(AT_ONCE, |rows| rows.get() as u64);
        self.max_rows_per_second.map_or(wanted, |rate| wanted.min(rate.get()))
    }
}

impl Way {
    /// The rule by which keys are to be placed.
    pub(super) fn goal(self, keyspace: &KeyspaceChange) -> &SharedRouter {
        match self {
            Self::There => &keyspace.after,
            Self::Back => &keyspace.before,
        }
    }
}
