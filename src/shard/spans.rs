//! The spans of a call. They are at DEBUG, so that at the usual level none is made.

use tracing::{Span, debug_span};

use super::{Access, teller::Teller};

impl Teller {
    /// Where the caller is, for work that is done for it on another thread.
    pub(super) fn here(&self) -> Span {
        self.span(Span::current)
    }

    /// Lasts while a call waits for its turn.
    pub(super) fn turn_span(&self, access: Access) -> Span {
        let access = access.name();
        self.span(|| debug_span!("permit", shard.id = self.shard.as_str(), access))
    }

    /// Lasts while a permit's holder gets its connection.
    pub(super) fn connection_span(&self) -> Span {
        self.span(|| debug_span!("connection", shard.id = self.shard.as_str()))
    }

    /// Lasts while the closure runs.
    pub(super) fn query_span(&self, access: Access) -> Span {
        let access = access.name();
        self.span(|| debug_span!("query", shard.id = self.shard.as_str(), access))
    }

    /// Lasts while several calls are made as one. It belongs to none of their requests,
    /// and points to all of them.
    pub(super) fn batch_span(&self, keyspace: &'static str, access: Access, rows: usize) -> Span {
        let (shard, access) = (self.shard.as_str(), access.name());
        self.span(|| debug_span!(parent: None, "batch", keyspace, shard.id = shard, access, rows))
    }

    fn span(&self, make: impl FnOnce() -> Span) -> Span {
        if self.settings.tracing { make() } else { Span::none() }
    }
}
