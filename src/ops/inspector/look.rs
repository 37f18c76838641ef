use std::time::{Duration, Instant};

use diesel::QueryResult;
use tokio::sync::mpsc::UnboundedSender;

use super::{Counted, Inspect};
use crate::{
    key::{KeyspaceName, ShardId},
    ops::{
        identity::{Guard, IdentityError},
        migrate::{MigrateError, Schema, Source, Status, at_one_moment, status_on},
        tables::KeyspaceTables,
    },
    shard::{Fault, ShardError},
};

/// How long a server may take over one statement that reads its catalog.
const READING: Duration = Duration::from_secs(2);
/// How long it may take to count one keyspace.
const COUNTING: Duration = Duration::from_secs(1);

/// One thing learned of a shard, told as soon as it is known: a count that takes too
/// long must not make a secret of what came before it.
pub(super) enum Fact {
    Status(Status),
    Identity(Option<IdentityError>),
    Schema(Option<(Vec<String>, Schema)>),
    Count(KeyspaceName, Counted),
    /// All keyspaces were counted, in this time.
    Counted(Duration),
}

/// What a look at one shard goes by.
pub(super) struct Look<C: Inspect> {
    pub(super) shard: ShardId,
    pub(super) guard: Guard,
    pub(super) source: Source<C>,
    /// What to count; nothing, if it was counted lately for what that costs.
    pub(super) tables: Vec<KeyspaceTables>,
}

impl<C: Inspect> Look<C> {
    /// On a blocking thread. Changes nothing. Whoever asked may have gone, and is
    /// told nothing then.
    pub(super) fn at(
        &self,
        conn: &mut C,
        tell: &UnboundedSender<Fact>,
    ) -> Result<(), MigrateError> {
        let query = |source| ShardError::Query { shard: self.shard.clone(), source };
        conn.limit_statements(READING).map_err(query)?;
        conn.tread_lightly().map_err(query)?;
        let records = conn.records().map_err(MigrateError::Records)?;
        let _ = tell.send(Fact::Identity(self.guard.check(&self.shard, &records).err()));
        let _ = tell.send(Fact::Status(status_on(conn, &self.source)?));
        let _ = tell.send(Fact::Schema(at_one_moment(conn)?));
        if self.tables.is_empty() {
            return Ok(());
        }
        conn.limit_statements(COUNTING).map_err(query)?;
        let began = Instant::now();
        for tables in &self.tables {
            let counted = counted(conn, tables).map_err(query)?;
            let _ = tell.send(Fact::Count(tables.keyspace().clone(), counted));
        }
        let _ = tell.send(Fact::Counted(began.elapsed()));
        Ok(())
    }
}

/// A count that fails says so, and takes nothing else with it but a lost connection.
fn counted<C: Inspect>(conn: &mut C, tables: &KeyspaceTables) -> QueryResult<Counted> {
    match conn.tally(tables) {
        Ok(Some(tally)) => Ok(Counted::Exactly(tally)),
        Ok(None) => Ok(Counted::TooMany),
        Err(error) => match Fault::of(&error) {
            Fault::Connection => Err(error),
            Fault::StatementTimeout | Fault::Contention => Ok(Counted::TooSlow),
            Fault::StalePlan | Fault::ReadOnly | Fault::Statement => Ok(Counted::Failed),
        },
    }
}
