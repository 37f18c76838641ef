use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::Utc;
use tokio::{sync::mpsc, task::JoinHandle, time::timeout};

use super::{
    Count, Found, Inspect, Inspected,
    look::{Fact, Look},
};
use crate::{cluster::ShardedDb, ops::migrate::MigrateError, shard::Trouble};

/// How long a shard has for everything.
const PATIENCE: Duration = Duration::from_secs(8);
/// Counting takes no more than this part of a shard's time.
const SELDOM: u32 = 100;

/// What is kept of one shard between two visits.
#[derive(Debug)]
pub(super) struct Visitor {
    /// The last look, which may still be under way: a server that hangs holds up
    /// one thread and no more.
    looking: Option<JoinHandle<Result<(), MigrateError>>>,
    /// When it may be counted again.
    count_after: Instant,
}

impl Visitor {
    pub(super) fn new() -> Self {
        Self { looking: None, count_after: Instant::now() }
    }

    /// Looks at the shard and brings what is known of it up to date.
    pub(super) async fn visit<C: Inspect>(
        &mut self,
        db: &ShardedDb<C>,
        place: usize,
        mut look: Look<C>,
        known: &Inspected,
    ) -> Inspected {
        let mut seen = Inspected { asked: Some(Utc::now()), trouble: None, ..known.clone() };
        if self.looking.as_ref().is_some_and(|looking| !looking.is_finished()) {
            seen.trouble = Some(Trouble::Silent.reason());
            return seen;
        }
        if Instant::now() < self.count_after {
            look.tables.clear();
        }
        let (tell, mut told) = mpsc::unbounded_channel();
        let db = db.clone();
        let mut looking = tokio::spawn(async move {
            db.shards()[place].examine(move |conn| look.at(conn, &tell)).await
        });
        let outcome = timeout(PATIENCE, &mut looking).await;
        self.take_in(&mut told, &mut seen);
        seen.trouble = match outcome {
            Ok(Ok(outcome)) => outcome.err().map(|error| reason(&error)),
            // It panicked, and has said so itself; or everything is about to end.
            Ok(Err(_)) => Some("could not be looked at"),
            Err(_) => {
                self.looking = Some(looking);
                Some(Trouble::Silent.reason())
            }
        };
        seen
    }

    fn take_in(&mut self, told: &mut mpsc::UnboundedReceiver<Fact>, seen: &mut Inspected) {
        let at = Utc::now();
        let (mut status, mut identity, mut schema) = (None, None, None);
        while let Ok(fact) = told.try_recv() {
            match fact {
                Fact::Status(known) => status = Some(known),
                Fact::Identity(trouble) => identity = trouble,
                Fact::Schema(known) => schema = known,
                Fact::Count(keyspace, counted) => seen.keep(Count { keyspace, at, counted }),
                Fact::Counted(took) => self.count_after = Instant::now() + took * SELDOM,
            }
        }
        if let Some(status) = status {
            seen.found = Some(Arc::new(Found { at, status, identity, schema }));
        }
    }
}

/// A few words that may leave the house.
fn reason(error: &MigrateError) -> &'static str {
    match error {
        MigrateError::Shard(error) => error.reason(),
        _ => "could not be read",
    }
}
