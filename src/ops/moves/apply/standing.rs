use super::{ApplyError, Way};
use crate::{
    key::{KeyspaceName, ShardId},
    ops::{
        identity::{Guard, Identify, IdentityError, PlacementRecord, Records, RollCall},
        placement::{Change, KeyspaceChange},
    },
    routing::{Fingerprint, SharedRouter},
    shard::{Connect, Sessions, ShardError},
};

/// What the databases have noted of where keys are, and what is to be noted next.
///
/// A note is `placed by A`, or `placed by A, on the way to B`. All of them say that
/// they are on the way before the first key moves, and `placed by B` once the last
/// has. As long as one says that it is on the way no service starts, by A or by B, so
/// that until the last note is written the change can be gone on with or taken back.
#[derive(Debug)]
pub(super) struct Standing {
    shards: Vec<ShardId>,
    keyspaces: Vec<KeyspaceStanding>,
}

#[derive(Debug)]
struct KeyspaceStanding {
    /// The rule that rows were placed by before; and every shard that has any of the
    /// keys while they are on their way.
    origin: (Fingerprint, Vec<ShardId>),
    /// The rule that keys are noted to be on the way to, whichever way they go.
    destination: Fingerprint,
    /// The note when all is done.
    end: PlacementRecord,
    /// Whether every database has that note already.
    is_at_end: bool,
}

impl Standing {
    /// Asks every database, and sees whether the change can be begun or gone on with.
    pub(super) async fn read<C: Connect + Identify>(
        change: &Change<C>,
        sessions: &mut Sessions<C>,
        way: Way,
    ) -> Result<Self, ApplyError> {
        let shards = sessions.shards().to_vec();
        let names = shards.clone();
        let said = sessions.run(move |conns| {
            let ask = |(conn, shard): (&mut C, ShardId)| match conn.records() {
                Ok(records) => Ok((shard, records)),
                Err(source) => Err(ApplyError::Notes { shard, source }),
            };
            conns.iter_mut().zip(names).map(ask).collect::<Result<Vec<_>, _>>()
        });
        let said = said.await?;
        recognize(&said)?;
        let is_old = |shard: &ShardId| change.before.shards.iter().any(|known| known.id == *shard);
        let old = said.iter().filter(|(shard, _)| is_old(shard));
        let old: Vec<&Records> = old.map(|(_, records)| records).collect();
        let all: Vec<&Records> = said.iter().map(|(_, records)| records).collect();
        let is_begun =
            |records: &&Records| records.placements.iter().any(|r| r.moving_to.is_some());
        if way == Way::Back && !all.iter().any(is_begun) {
            return Err(ApplyError::NothingUnderWay);
        }
        let mut keyspaces = Vec::new();
        for keyspace in &change.keyspaces {
            keyspaces.push(KeyspaceStanding::of(keyspace, &all, &old, &shards, way)?);
        }
        Ok(Self { shards, keyspaces })
    }

    /// Whether some database has yet to note the end.
    pub(super) fn is_pending(&self, keyspace: usize) -> bool {
        !self.keyspaces[keyspace].is_at_end
    }

    /// Has every database note that keys are on their way.
    pub(super) async fn mark<C: Identify>(
        &mut self,
        keyspace: usize,
        sessions: &mut Sessions<C>,
    ) -> Result<(), ApplyError> {
        let KeyspaceStanding { origin: (fingerprint, shards), destination, end, .. } =
            &self.keyspaces[keyspace];
        let note = PlacementRecord {
            keyspace: end.keyspace.clone(),
            fingerprint: *fingerprint,
            shards: shards.clone(),
            moving_to: Some(*destination),
        };
        self.note(note, sessions).await
    }

    /// Has every database note that the keys are where they should be.
    pub(super) async fn conclude<C: Identify>(
        &mut self,
        keyspace: usize,
        sessions: &mut Sessions<C>,
    ) -> Result<(), ApplyError> {
        let note = self.keyspaces[keyspace].end.clone();
        self.note(note, sessions).await
    }

    async fn note<C: Identify>(
        &self,
        note: PlacementRecord,
        sessions: &mut Sessions<C>,
    ) -> Result<(), ApplyError> {
        let shards = self.shards.clone();
        let noted = sessions.run(move |conns| {
            conns.iter_mut().zip(shards).try_for_each(|(conn, shard)| {
                let noted = conn.make_records().and_then(|()| conn.write_placement(&note));
                noted.map_err(|source| ApplyError::Notes { shard, source })
            })
        });
        noted.await
    }
}

/// Each database is who it is taken for, and none belongs to another cluster.
fn recognize(said: &[(ShardId, Records)]) -> Result<(), ApplyError> {
    let call =
        said.iter().map(|(shard, records)| (shard.clone(), Ok::<_, ShardError>(records.clone())));
    RollCall(call.collect()).settle(&Guard::new(&[], &[]))?;
    match said.iter().find(|(_, records)| records.identity.is_none()) {
        Some((shard, _)) => Err(IdentityError::Nameless { shard: shard.clone() }.into()),
        None => Ok(()),
    }
}

impl KeyspaceStanding {
    fn of(
        keyspace: &KeyspaceChange,
        all: &[&Records],
        old: &[&Records],
        shards: &[ShardId],
        way: Way,
    ) -> Result<Self, ApplyError> {
        let name = || keyspace.name.clone();
        let notes = |of: &[&Records]| -> Vec<PlacementRecord> {
            of.iter().filter_map(|records| records.placement(&keyspace.name)).cloned().collect()
        };
        let (noted, noted_by_old) = (notes(all), notes(old));
        let (before, after) = (keyspace.before.fingerprint(), keyspace.after.fingerprint());
        let begun: Vec<_> = noted.iter().filter(|note| note.moving_to.is_some()).collect();
        // Taken back, it does not matter where they were on their way to.
        if way == Way::There && begun.iter().any(|note| note.moving_to != Some(after)) {
            return Err(ApplyError::OtherMove { keyspace: name() });
        }
        let destination = match way {
            Way::There => after,
            Way::Back => begun.first().and_then(|note| note.moving_to).unwrap_or(after),
        };
        let lost = noted.iter().flat_map(|note| &note.shards).find(|shard| !shards.contains(shard));
        if let Some(shard) = lost {
            return Err(ApplyError::LostShard { keyspace: name(), shard: shard.clone() });
        }
        // What a shard that nobody knew noted when it was made is of no weight.
        let by_begun = begun.first().map(|note| (*note).clone());
        let origin = by_begun.or_else(|| noted_by_old.first().cloned());
        let origin = match origin {
            // This one's end was noted and another keyspace's was not: taken back, its
            // keys are on their way again, between the same rules as before.
            Some(note) if way == Way::Back && begun.is_empty() && note.fingerprint == after => None,
            origin => origin,
        };
        let origin = origin.map_or_else(
            || (before, routed(&keyspace.before, shards)),
            |note| (note.fingerprint, note.shards),
        );
        if way == Way::Back && !begun.is_empty() && origin.0 != before {
            return Err(ApplyError::OtherOrigin { keyspace: name() });
        }
        let goal = way.goal(keyspace);
        let end = end(name(), goal, shards);
        let is_at_end = all.iter().all(|said| said.placement(&keyspace.name) == Some(&end));
        // Whoever goes on with it, or takes it back, needs all shards that have any of the keys.
        let mut on_the_way = origin.1;
        on_the_way.extend(routed(goal, shards));
        on_the_way.extend(routed(&keyspace.after, shards));
        on_the_way.sort();
        on_the_way.dedup();
        let origin = (origin.0, on_the_way);
        Ok(Self { origin, destination, end, is_at_end })
    }
}

fn end(keyspace: KeyspaceName, goal: &SharedRouter, shards: &[ShardId]) -> PlacementRecord {
    let fingerprint = goal.fingerprint();
    PlacementRecord { keyspace, fingerprint, shards: routed(goal, shards), moving_to: None }
}

fn routed(router: &SharedRouter, shards: &[ShardId]) -> Vec<ShardId> {
    router.shards().iter().filter_map(|place| shards.get(place.get()).cloned()).collect()
}
