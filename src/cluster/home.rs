use diesel::QueryResult;
use tracing::{Instrument, Span};

use crate::shard::{Access, Connect, Deadline, Row, Shard, ShardError};

/// The shard a key lives on. Whatever is done there for the key is a part of its span,
/// and so tells which keyspace it was for.
pub(crate) struct Home<'a, C: Connect> {
    pub(super) shard: &'a Shard<C>,
    pub(super) span: Span,
}

impl<'a, C: Connect> Home<'a, C> {
    #[cfg(feature = "rocket")]
    pub(crate) fn id(&self) -> &'a crate::key::ShardId {
        self.shard.id()
    }

    pub(crate) async fn run<T: Send + 'static>(
        self,
        access: Access,
        deadline: Deadline,
        f: impl FnOnce(&mut C) -> QueryResult<T> + Send + 'static,
    ) -> Result<T, ShardError> {
        self.shard.run(access, deadline, f).instrument(self.span).await
    }

    pub(crate) async fn find<R: Row<C>>(
        self,
        deadline: Deadline,
        key: R::Key,
    ) -> Result<Option<R>, ShardError> {
        self.shard.find(deadline, key).instrument(self.span).await
    }

    pub(crate) async fn insert<R: Row<C>>(
        self,
        deadline: Deadline,
        row: R,
    ) -> Result<(), ShardError> {
        self.shard.insert(deadline, row).instrument(self.span).await
    }
}
