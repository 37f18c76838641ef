use std::collections::{BTreeMap, HashSet};

use super::{
    ApplyError, Obstacle,
    itinerary::{Itinerary, Meeting},
};
use crate::{
    ops::{
        moves::{Batch, RegionFilter, Tally, Transfer, TransferError},
        tables::{StoredId, StoredKey, Table},
    },
    shard::Sessions,
};

/// How many ids that are in the way are named.
const EXAMPLES: usize = 5;
/// How many keys are compared at a time.
const AT_ONCE: usize = 1_000;

/// Rows that come together on one shard must be the same, as an interrupted move
/// leaves them, or share no primary key. An error, if they don't, while nothing
/// is changed.
pub(super) async fn check<C: Transfer>(
    itinerary: &Itinerary,
    sessions: &mut Sessions<C>,
) -> Result<(), ApplyError> {
    let (meetings, tables) = (itinerary.meetings.clone(), itinerary.tables().to_vec());
    if meetings.is_empty() {
        return Ok(());
    }
    let names = sessions.shards().to_vec();
    let found = sessions.run(move |conns| {
        let mut collisions = Obstacle {
            matter: "keys are on several shards, with rows that differ or share a primary key",
            count: 0,
            examples: Vec::new(),
        };
        for meeting in harmful(&meetings, &tables, conns)? {
            collisions.count += 1;
            if collisions.examples.len() < EXAMPLES {
                let keys = meeting.keys.iter().map(|(key, places)| {
                    let on: Vec<_> = places.iter().map(|place| names[*place].as_str()).collect();
                    format!("{key} on {}", on.join(" and "))
                });
                collisions.examples.push(keys.collect::<Vec<_>>().join(", "));
            }
        }
        Ok::<_, TransferError>(collisions)
    });
    let obstacle = found.await.map_err(|source| ApplyError::Unread(Box::new(source)))?;
    match obstacle.count {
        0 => Ok(()),
        _ => Err(ApplyError::Obstacle { keyspace: itinerary.keyspace.clone(), obstacle }),
    }
}

fn harmful<'a, C: Transfer>(
    meetings: &'a [Meeting],
    tables: &[Table],
    conns: &mut [C],
) -> Result<Vec<&'a Meeting>, TransferError> {
    // One key on the same shards as many others is what an interrupted move leaves:
    // these are compared together.
    let mut alike: BTreeMap<_, Vec<&Meeting>> = BTreeMap::new();
    let mut found = Vec::new();
    for meeting in meetings {
        match meeting.keys.as_slice() {
            [(key, places)] => {
                alike.entry((places, &key.region)).or_default().push(meeting);
            }
            _ if !is_disjoint(meeting, tables, conns)? => found.push(meeting),
            _ => {}
        }
    }
    for ((places, region), meetings) in alike {
        for meetings in meetings.chunks(AT_ONCE) {
            let keys = meetings.iter().map(|meeting| meeting.keys[0].0.id.clone()).collect();
            let batch = batch(region.as_deref(), keys, tables);
            let tallies = tallies(places, &batch, tables, conns)?;
            let differs = |meeting: &&Meeting| {
                let id = &meeting.keys[0].0.id;
                let sums = |tally: &Tally| -> Vec<_> {
                    tables.iter().map(|table| tally.of(table.name(), id)).collect()
                };
                tallies.windows(2).any(|pair| sums(&pair[0]) != sums(&pair[1]))
            };
            found.extend(meetings.iter().copied().filter(|meeting| differs(meeting)));
        }
    }
    Ok(found)
}

/// Whether the rows of different regions share no primary key, and each of these
/// keys that is on several shards is the same on all.
fn is_disjoint<C: Transfer>(
    meeting: &Meeting,
    tables: &[Table],
    conns: &mut [C],
) -> Result<bool, TransferError> {
    let of = |key: &StoredKey| batch(key.region.as_deref(), vec![key.id.clone()], tables);
    for (key, places) in &meeting.keys {
        let tallies = tallies(places, &of(key), tables, conns)?;
        if tallies.windows(2).any(|pair| pair[0].difference(&pair[1]).is_some()) {
            return Ok(false);
        }
    }
    for table in tables {
        let mut identities = HashSet::new();
        for (key, places) in &meeting.keys {
            for identity in conns[places[0]].identities(table, &of(key))? {
                if !identities.insert(identity) {
                    return Ok(false);
                }
            }
        }
    }
    Ok(true)
}

fn tallies<C: Transfer>(
    places: &[usize],
    batch: &Batch,
    tables: &[Table],
    conns: &mut [C],
) -> Result<Vec<Tally>, TransferError> {
    places.iter().map(|place| conns[*place].tally(tables, batch)).collect()
}

fn batch(region: Option<&str>, keys: Vec<StoredId>, tables: &[Table]) -> Batch {
    let region = match region {
        _ if tables.iter().all(|table| table.region().is_none()) => RegionFilter::Any,
        Some(region) => RegionFilter::Is(region.to_owned()),
        None => RegionFilter::Null,
    };
    Batch { region, keys }
}
