use std::time::{Duration, Instant};

use diesel::{QueryResult, r2d2::R2D2Connection};
use tokio::{sync::mpsc, time::timeout_at};

use crate::{
    config::Backend,
    key::{ShardBy, ShardId},
    ops::identity::{Identify, IdentityError, Records},
    ops::migrate::{MigrateError, Status, status_on},
    shard::{Shard, ShardConnection, ShardError},
    store::{
        census, migrations,
        types::{TenantId, UserKey},
    },
};

/// How long a shard has for all its answers.
const PATIENCE: Duration = Duration::from_secs(2);

type Count = fn(&mut ShardConnection) -> QueryResult<u64>;

/// The keyspaces and how their keys are counted.
const COUNTS: [(&str, Count); 2] =
    [(TenantId::KEYSPACE, census::tenants), (UserKey::KEYSPACE, census::users)];

/// What one shard said of itself in time.
#[derive(Debug)]
pub(super) struct Report {
    pub(super) shard: ShardId,
    pub(super) backend: Backend,
    /// How long it took to answer at all; none if it did not.
    pub(super) latency: Option<Duration>,
    pub(super) schema: Option<Status>,
    /// What it says of itself.
    pub(super) records: Option<Records>,
    /// Why that is not what it should say.
    pub(super) stranger: Option<IdentityError>,
    pub(super) bytes: Option<u64>,
    /// How many keys it has, by keyspace.
    pub(super) keys: Vec<(&'static str, u64)>,
    /// What kept it from saying the rest.
    pub(super) trouble: Option<Gap>,
}

/// Why a shard did not say everything.
#[derive(Debug)]
pub(super) struct Gap {
    /// In a word or two.
    pub(super) reason: &'static str,
    /// As the driver says it, if it said anything.
    pub(super) in_full: Option<String>,
}

/// One answer, told as soon as it is known: a count that takes too long must not
/// make a secret of what came before it.
enum Fact {
    Latency(Duration),
    Records(Records),
    Schema(Status),
    Bytes(u64),
    Keys(&'static str, u64),
}

impl Report {
    /// Why requests to the shard can't succeed, if they can't.
    pub(super) fn unhealthy(&self) -> Option<String> {
        match (&self.schema, &self.trouble) {
            (None, trouble) => {
                Some(trouble.as_ref().map_or("no answer", |trouble| trouble.reason).to_owned())
            }
            (Some(schema), _) if schema.pending().count() > 0 => {
                Some("refused: migrations are pending".to_owned())
            }
            (Some(_), _) => {
                self.stranger.as_ref().map(|error| format!("refused: {}", error.reason()))
            }
        }
    }
}

/// Asks one shard, within the time a person waits. Changes nothing, and makes no
/// database that is not there.
pub(super) async fn ask(shard: &Shard<ShardConnection>) -> Report {
    let deadline = Instant::now() + PATIENCE;
    let mut report = Report {
        shard: shard.id().clone(),
        backend: shard.backend(),
        latency: None,
        schema: None,
        records: None,
        stranger: None,
        bytes: None,
        keys: Vec::new(),
        trouble: None,
    };
    let (tell, mut told) = mpsc::unbounded_channel();
    let id = shard.id().clone();
    let asking = shard.examine(move |conn| answer(conn, &id, deadline, &tell));
    let outcome = timeout_at(deadline.into(), asking).await;
    while let Ok(fact) = told.try_recv() {
        match fact {
            Fact::Latency(latency) => report.latency = Some(latency),
            Fact::Records(records) => report.records = Some(records),
            Fact::Schema(schema) => report.schema = Some(schema),
            Fact::Bytes(bytes) => report.bytes = Some(bytes),
            Fact::Keys(keyspace, keys) => report.keys.push((keyspace, keys)),
        }
    }
    report.trouble = match outcome {
        Ok(Ok(())) => None,
        Ok(Err(error)) => Some(error.into()),
        Err(_) => Some(Gap { reason: "timed out", in_full: None }),
    };
    report
}

/// On a blocking thread. Whoever asked may have gone, and is told nothing then.
fn answer(
    conn: &mut ShardConnection,
    shard: &ShardId,
    deadline: Instant,
    tell: &mpsc::UnboundedSender<Fact>,
) -> Result<(), MigrateError> {
    let query = |source| ShardError::Query { shard: shard.clone(), source };
    let began = Instant::now();
    conn.ping().map_err(query)?;
    let _ = tell.send(Fact::Latency(began.elapsed()));
    let left = deadline.saturating_duration_since(Instant::now());
    census::hurry(conn, left).map_err(query)?;
    let _ = tell.send(Fact::Records(conn.records().map_err(query)?));
    let schema = status_on(conn, &migrations::source())?;
    let is_complete = schema.pending().count() == 0;
    let _ = tell.send(Fact::Schema(schema));
    let _ = tell.send(Fact::Bytes(census::bytes(conn).map_err(query)?));
    // A table that is still to be made has no keys to count.
    for (keyspace, count) in COUNTS.iter().filter(|_| is_complete) {
        let _ = tell.send(Fact::Keys(keyspace, count(conn).map_err(query)?));
    }
    Ok(())
}

impl From<MigrateError> for Gap {
    fn from(error: MigrateError) -> Self {
        let reason = match &error {
            MigrateError::Shard(error) => error.reason(),
            _ => "migrations can't be read",
        };
        Self { reason, in_full: Some(error.in_full()) }
    }
}
