use std::{any::Any, fmt, sync::Arc};

use thiserror::Error;

use crate::key::ShardId;

/// What a fresh connection must pass before a request may use it: is this
/// database the one we think it is, and at the schema we need?
///
/// Called on a blocking thread, once for each connection that is opened; so a
/// shard that comes back as something else is noticed before it is trusted.
pub type Admission<C> = Arc<dyn Fn(&ShardId, &mut C) -> Result<Held, Refusal> + Send + Sync>;

/// What goes with an admitted connection for as long as it is open, such as a
/// lock on a file. Nothing, where the connection itself holds all there is.
#[derive(Default)]
pub struct Held(Option<Box<dyn Any + Send>>);

impl Held {
    /// Something to be dropped after the connection was closed.
    #[must_use]
    pub fn new(held: impl Any + Send) -> Self {
        Self(Some(Box::new(held)))
    }
}

impl fmt::Debug for Held {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Held").field(&self.0.is_some()).finish()
    }
}

/// Why a connection was not admitted.
#[derive(Debug, Error)]
pub enum Refusal {
    /// The database is not fit to serve; the text says why and what to do.
    #[error("{0}")]
    Unfit(String),
    /// It could not be found out.
    #[error("could not check the database: {0}")]
    Query(#[from] diesel::result::Error),
}
