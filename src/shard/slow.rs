use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use tracing::warn;

use super::shape::shape;
use crate::key::ShardId;

/// Logs the statements of one connection that take long: what they are, never what they
/// say. The line stands in the span of the request that they are for, if there is one.
#[derive(Debug, Clone)]
pub(super) struct SlowQueries {
    shard: ShardId,
    limit: Duration,
    began: Option<Instant>,
}

impl SlowQueries {
    pub(super) fn new(shard: ShardId, limit: Duration) -> Self {
        Self { shard, limit, began: None }
    }
}

impl Instrumentation for SlowQueries {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.began = Some(Instant::now()),
            InstrumentationEvent::FinishQuery { query, error, .. } => {
                let Some(took) = self.began.take().map(|began| began.elapsed()) else { return };
                if took >= self.limit {
                    let sql = shape(&query.to_string());
                    let (shard, failed) = (&self.shard, error.is_some());
                    let took_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
                    warn!(%shard, took_ms, failed, sql, "a statement was slow");
                }
            }
            _ => {}
        }
    }
}
