use std::sync::{
    Arc, OnceLock,
    atomic::{AtomicBool, Ordering},
};

use super::{ClusterId, HoldMode, Identity, IdentityError, PlacementRecord, Records};
use crate::{
    cluster::Keyspace,
    key::{KeyspaceName, ShardId},
    ops::{
        Program,
        migrate::{Migrate, Source},
        readiness,
    },
    routing::Fingerprint,
    shard::{Admission, Held, Refusal},
};

/// What every database of a cluster must say of itself, for one process.
///
/// Which cluster that is, is what most of them say when they are first asked, and
/// stays.
#[derive(Debug, Clone)]
pub struct Guard {
    cluster: Arc<OnceLock<ClusterId>>,
    /// Whether half of the shards answered at least when they were asked which
    /// cluster this is.
    asked: Arc<AtomicBool>,
    rules: Arc<[PlacementRecord]>,
    program: Program,
}

impl Guard {
    /// A guard of these keyspaces; `shards` is the list that their routers count into.
    #[must_use]
    pub fn new(keyspaces: &[Keyspace], shards: &[ShardId]) -> Self {
        let record = |keyspace: &Keyspace| PlacementRecord {
            keyspace: keyspace.name.clone(),
            fingerprint: keyspace.router.fingerprint(),
            shards: keyspace
                .router
                .shards()
                .iter()
                .filter_map(|shard| shards.get(shard.get()).cloned())
                .collect(),
            moving_to: None,
        };
        let rules = keyspaces.iter().map(record).collect();
        let program = Program::Application;
        Self { cluster: Arc::default(), asked: Arc::default(), rules, program }
    }

    /// The same for another program: what it refuses is told in the words for that.
    #[must_use]
    pub fn of(self, program: Program) -> Self {
        Self { program, ..self }
    }

    /// Whose program it guards.
    #[must_use]
    pub fn program(&self) -> Program {
        self.program
    }

    /// The cluster, once it is known.
    #[must_use]
    pub fn cluster(&self) -> Option<ClusterId> {
        self.cluster.get().copied()
    }

    /// Whether enough shards answered when they were asked which cluster this is for
    /// it to be a new one, if none of them knows.
    pub(in crate::ops) fn may_found(&self) -> bool {
        self.asked.load(Ordering::Relaxed)
    }

    pub(super) fn note_asked(&self, enough: bool) {
        self.asked.store(enough, Ordering::Relaxed);
    }

    /// Settles which cluster this is, unless that is settled already.
    pub fn settle(&self, cluster: ClusterId) -> ClusterId {
        *self.cluster.get_or_init(|| cluster)
    }

    /// The record of each keyspace as its rule wants it.
    #[must_use]
    pub fn rules(&self) -> &[PlacementRecord] {
        &self.rules
    }

    /// Whether the database is the shard it is taken for.
    ///
    /// # Errors
    /// [`IdentityError::OtherShard`] or [`IdentityError::OtherCluster`].
    pub fn recognize(&self, shard: &ShardId, identity: &Identity) -> Result<(), IdentityError> {
        let (shard, says) = (shard.clone(), identity.shard.clone());
        match self.cluster() {
            Some(ours) if ours != identity.cluster => {
                Err(IdentityError::OtherCluster { shard, says, theirs: identity.cluster, ours })
            }
            _ if says != shard => Err(IdentityError::OtherShard { shard, says }),
            _ => Ok(()),
        }
    }

    /// Whether the database is who it is taken for, and all its rows are where
    /// the rules say.
    ///
    /// # Errors
    /// [`IdentityError`] for the first thing that is not so.
    pub fn check(&self, shard: &ShardId, records: &Records) -> Result<(), IdentityError> {
        let identity = records
            .identity
            .as_ref()
            .ok_or_else(|| IdentityError::Nameless { shard: shard.clone() })?;
        self.recognize(shard, identity)?;
        self.settle(identity.cluster);
        self.recognize(shard, identity)?;
        for rule in self.rules.iter() {
            let (shard, keyspace) = (shard.clone(), rule.keyspace.clone());
            match records.placement(&keyspace) {
                None => return Err(IdentityError::Unrecorded { shard, keyspace }),
                Some(record) if record.moving_to.is_some() => {
                    return Err(IdentityError::Moving { keyspace });
                }
                Some(record) if record.fingerprint != rule.fingerprint => {
                    return Err(IdentityError::OtherRule { shard, keyspace });
                }
                Some(_) => {}
            }
        }
        Ok(())
    }

    /// The fingerprint that a keyspace's rows must have been placed by.
    #[must_use]
    pub fn fingerprint(&self, keyspace: &KeyspaceName) -> Option<Fingerprint> {
        let rule = self.rules.iter().find(|rule| rule.keyspace == *keyspace)?;
        Some(rule.fingerprint)
    }

    /// What each fresh connection of a service must pass: it holds its database
    /// ([`Hold`](super::Hold)) in shared mode, for as long as it is open; and the
    /// database is the one it is taken for, its rows are where the rules say, and
    /// its schema is what the binary needs.
    #[must_use]
    pub fn admission<C: Migrate>(&self, source: Source<C>) -> Admission<C> {
        let guard = self.clone();
        Arc::new(move |shard, conn| {
            let hold = conn.hold(HoldMode::Shared)?.ok_or_else(|| {
                let by = match guard.program {
                    Program::Service => " (`placement apply`)",
                    Program::Application => "",
                };
                Refusal::Unfit(format!(
                    "it is held by someone who changes where its rows are{by}; it will be served \
                     from again afterwards"
                ))
            })?;
            match guard.admit(shard, conn, &source) {
                Ok(()) => Ok(Held::new(hold)),
                Err(refusal) => {
                    // One that may not serve must not be in anybody's way.
                    conn.release(hold, HoldMode::Shared)?;
                    Err(refusal)
                }
            }
        })
    }

    fn admit<C: Migrate>(
        &self,
        shard: &ShardId,
        conn: &mut C,
        source: &Source<C>,
    ) -> Result<(), Refusal> {
        let records = conn.records()?;
        let unfit = |error: IdentityError| Refusal::Unfit(error.told(self.program));
        if let Some(identity) = &records.identity {
            self.recognize(shard, identity).map_err(unfit)?;
        }
        readiness::schema(conn, source, self.program)?;
        self.check(shard, &records).map_err(unfit)
    }
}
