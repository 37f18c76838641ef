use std::time::Duration;

use futures::{FutureExt, future::select_all};
use tokio::{
    select,
    time::{sleep, timeout},
};

use super::{Misfits, UnsettledError};
use crate::ops::{
    health::lost,
    identity::{
        Guard, HoldError, HoldMode, Identify, IdentityError, PlacementRecord, Records, hold_alone,
        in_words,
    },
    placement::{Census, misplaced},
    tables::KeyspaceTables,
};
use crate::{
    cluster::{Keyspace, ShardedDb},
    config::HealthSettings,
    key::ShardId,
    shard::{Sessions, Shard, ShardError},
};

/// How long another process has to stop serving before its rule is taken for the right one.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many times one that is held is asked again, and after how long.
const HELD_BRIEFLY: u32 = 8;
const AGAIN: Duration = Duration::from_millis(150);
/// How long a database has to say who it is, at least.
const ANSWER: Duration = Duration::from_secs(1);

/// What a service is held to.
pub(in super::super) struct Settlement<'a, C: Identify + Census> {
    pub(in super::super) db: &'a ShardedDb<C>,
    pub(in super::super) guard: &'a Guard,
    pub(in super::super) declared: &'a [KeyspaceTables],
    pub(in super::super) health: &'a HealthSettings,
}

/// What a database says of one keyspace.
type Said<'a> = (&'a ShardId, Option<&'a PlacementRecord>);

impl<C: Identify + Census> Settlement<'_, C> {
    /// Sees that every database that is ready says what the configured rules say;
    /// one that falls silent meanwhile joins the absent.
    pub(in super::super) async fn settle(
        &self,
        ready: &[ShardId],
        absent: &mut Vec<ShardId>,
    ) -> Result<(), UnsettledError> {
        let mut known = Vec::new();
        for shard in ready {
            match self.records_soon(shard).await {
                Ok(records) => known.push((shard, records)),
                Err(UnsettledError::Shard(_)) => absent.push(shard.clone()),
                Err(error) => return Err(error),
            }
        }
        for rule in self.guard.rules() {
            let said: Vec<Said<'_>> = known
                .iter()
                .map(|(shard, records)| (*shard, records.placement(&rule.keyspace)))
                .collect();
            self.keyspace(rule, &said, absent).await?;
        }
        Ok(())
    }

    /// The same, a moment later if need be: one that has just ended may still hold it.
    async fn records_soon(&self, shard: &ShardId) -> Result<Records, UnsettledError> {
        for _ in 0..HELD_BRIEFLY {
            match self.records(shard).await {
                Err(UnsettledError::Held { .. }) => sleep(AGAIN).await,
                said => return said,
            }
        }
        self.records(shard).await
    }

    /// What a database says of itself, unless someone is changing that.
    async fn records(&self, shard: &ShardId) -> Result<Records, UnsettledError> {
        let id = shard.clone();
        let query = |source| ShardError::Query { shard: id, source };
        let asked = self.shard(shard).look(move |conn: &mut C| {
            let asked = conn.hold(HoldMode::Shared).and_then(|hold| match hold {
                Some(_held) => Ok((conn.records()?, None)),
                None => Ok((Records::default(), Some(in_words(&conn.holders()?)))),
            });
            asked.map_err(query)
        });
        let silent = |_| ShardError::Silent { shard: shard.clone() };
        let patience = self.shard(shard).patience(ANSWER);
        let (records, holders) = timeout(patience, asked).await.map_err(silent)??;
        if let Some(holders) = holders {
            return Err(UnsettledError::Held { shard: shard.clone(), holders });
        }
        match &records.identity {
            Some(identity) => self.guard.recognize(shard, identity)?,
            None => return Err(IdentityError::Nameless { shard: shard.clone() }.into()),
        }
        Ok(records)
    }

    async fn keyspace(
        &self,
        rule: &PlacementRecord,
        said: &[Said<'_>],
        absent: &[ShardId],
    ) -> Result<(), UnsettledError> {
        let keyspace = rule.keyspace.clone();
        let mut records = said.iter().filter_map(|(_, record)| *record);
        if records.clone().any(|record| record.moving_to.is_some()) {
            return Err(IdentityError::Moving { keyspace }.into());
        }
        let differs = records.any(|record| record.fingerprint != rule.fingerprint);
        let silent = said.iter().any(|(_, record)| record.is_none());
        if !differs && !silent {
            return Ok(());
        }
        // That takes as long as it takes, unless there is nobody to work on.
        let gone = said.iter().map(|(shard, _)| {
            let gone = lost(self.shard(shard), self.health);
            Box::pin(gone.map(|()| ShardError::Silent { shard: (*shard).clone() }))
        });
        select! {
            resolved = self.resolve(rule, said, differs, absent) => resolved,
            (error, ..) = select_all(gone) => Err(error.into()),
        }
    }

    async fn resolve(
        &self,
        rule: &PlacementRecord,
        said: &[Said<'_>],
        differs: bool,
        absent: &[ShardId],
    ) -> Result<(), UnsettledError> {
        let keyspace = rule.keyspace.clone();
        let ready: Vec<_> = said.iter().map(|(shard, _)| (*shard).clone()).collect();
        let mut found = self.misfits(rule, &ready, absent).await?;
        if let Some(found) = &mut found {
            let noted = said.iter().filter_map(|(_, record)| *record).flat_map(|r| &r.shards);
            found.unlisted = self.unlisted(noted);
        }
        match found {
            Some(found) if differs && !found.is_empty() => {
                Err(UnsettledError::Changed { keyspace, found })
            }
            Some(found) if !found.is_in_place() => Err(UnsettledError::Unknown { keyspace, found }),
            None if differs => Err(UnsettledError::Undeclared { keyspace }),
            _ if differs && !absent.is_empty() => {
                Err(UnsettledError::Absent { keyspace, absent: joined(absent) })
            }
            _ if differs => self.replace(rule, &ready).await,
            _ => self.add(rule, &ready).await,
        }
    }

    /// Looks into the keyspace's tables; nothing, if they are not declared.
    async fn misfits(
        &self,
        rule: &PlacementRecord,
        ready: &[ShardId],
        absent: &[ShardId],
    ) -> Result<Option<Misfits>, UnsettledError> {
        let declared = self.declared.iter().find(|tables| *tables.keyspace() == rule.keyspace);
        let keyspace = self.db.keyspaces().iter().find(|known| known.name == rule.keyspace);
        let (Some(declared), Some(Keyspace { router, .. })) = (declared, keyspace) else {
            return Ok(None);
        };
        let shards: Vec<_> = ready.iter().map(|shard| self.shard(shard)).collect();
        let names: Vec<_> = self.db.shards().iter().map(|shard| shard.id().clone()).collect();
        let found = misplaced(&shards, declared.tables(), &**router, &names).await?;
        let misfits = Misfits { found, absent: joined(absent), unlisted: String::new() };
        Ok(Some(misfits))
    }

    /// Writes the rule where there is none.
    async fn add(&self, rule: &PlacementRecord, ready: &[ShardId]) -> Result<(), UnsettledError> {
        for shard in ready {
            let (rule, id) = (rule.clone(), shard.clone());
            let query = |source| ShardError::Query { shard: id, source };
            let added = self.shard(shard).dedicated(move |conn: &mut C| {
                conn.add_placement(&rule).map_err(query)?;
                Ok::<_, ShardError>(())
            });
            added.await?;
        }
        // Another process may have been faster, with another rule.
        for shard in ready {
            let records = self.records(shard).await?;
            if records.placement(&rule.keyspace).is_none_or(|found| {
                found.fingerprint != rule.fingerprint || found.moving_to.is_some()
            }) {
                let (shard, keyspace) = (shard.clone(), rule.keyspace.clone());
                return Err(IdentityError::OtherRule { shard, keyspace }.into());
            }
        }
        Ok(())
    }

    /// Writes the rule in place of another by which no rows were placed, which
    /// needs that nobody serves by that one.
    async fn replace(
        &self,
        rule: &PlacementRecord,
        ready: &[ShardId],
    ) -> Result<(), UnsettledError> {
        let shards: Vec<_> = ready.iter().map(|shard| self.shard(shard)).collect();
        // Our own pools have held their databases since they were looked at.
        let mut sessions = Sessions::open(&shards).await?;
        let held = hold_alone(&mut sessions, PATIENCE, |_| {}).await;
        let held = held.map_err(|error| match error {
            HoldError::Shard(error) => error.into(),
            source => UnsettledError::InUse { keyspace: rule.keyspace.clone(), source },
        })?;
        // Rows may have come until a moment ago.
        if let Some(found) = self.misfits(rule, ready, &[]).await?
            && !found.is_empty()
        {
            return Err(UnsettledError::Changed { keyspace: rule.keyspace.clone(), found });
        }
        let (rule, names) = (rule.clone(), sessions.shards().to_vec());
        let written = sessions.run(move |conns| {
            conns.iter_mut().zip(names).try_for_each(|(conn, shard)| {
                conn.write_placement(&rule).map_err(|source| ShardError::Query { shard, source })
            })
        });
        let written = written.await;
        held.release(&mut sessions).await;
        Ok(written?)
    }

    /// Those that are not configured, each once.
    fn unlisted<'s>(&self, shards: impl Iterator<Item = &'s ShardId>) -> String {
        let known = |shard: &ShardId| self.db.shards().iter().any(|known| known.id() == shard);
        let mut unlisted: Vec<_> = shards.filter(|shard| !known(shard)).cloned().collect();
        unlisted.sort();
        unlisted.dedup();
        joined(&unlisted)
    }

    fn shard(&self, shard: &ShardId) -> &Shard<C> {
        let known = self.db.shards().iter().find(|known| known.id() == shard);
        known.expect("only the cluster's own shards are settled")
    }
}

fn joined(shards: &[ShardId]) -> String {
    shards.iter().map(ShardId::as_str).collect::<Vec<_>>().join(", ")
}
