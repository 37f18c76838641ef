use super::{ApplyError, Obstacle};
use crate::{
    key::KeyspaceName,
    ops::{
        moves::{Batch, RegionFilter},
        placement::{Census, Resident, key_tables, survey},
        tables::{StoredId, StoredKey, Table},
    },
    routing::Router,
    shard::{Connect, Shard},
};

/// How many keys that are in the way are named.
const EXAMPLES: usize = 5;
/// The most keys in a batch, whose statements list them.
const KEYS_AT_ONCE: usize = 5_000;

/// Which keys of a keyspace are not where a rule has them, and where they go.
/// Takes about a hundred bytes for each of them, and none for the others.
#[derive(Debug)]
pub(super) struct Itinerary {
    pub(super) keyspace: KeyspaceName,
    tables: Vec<Table>,
    /// Sorted by the way they take, then by region and id.
    travellers: Vec<Traveller>,
    /// Ids with rows on several shards that come together on one.
    pub(super) meetings: Vec<Meeting>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Traveller {
    from: usize,
    to: usize,
    region: Option<Box<str>>,
    id: StoredId,
    rows: u64,
}

/// A batch and the way it takes.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) batch: Batch,
}

/// Rows that come together: from several shards, or on one that has some already.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Meeting {
    /// The keys, and the shards each is on. More than one key only if they differ
    /// in their regions.
    pub(super) keys: Vec<(StoredKey, Vec<usize>)>,
}

impl Itinerary {
    /// Reads every key, and holds it against the rule.
    pub(super) async fn read<C: Census + Connect>(
        keyspace: KeyspaceName,
        shards: &[&Shard<C>],
        tables: &[Table],
        goal: &dyn Router,
    ) -> Result<Self, ApplyError> {
        let tables = key_tables(tables, &[goal]);
        let mut reading =
            Reading { goal, travellers: Vec::new(), lost: none(), meetings: None, met: Vec::new() };
        if tables.is_empty() {
            return Ok(Self::none(keyspace));
        }
        let keyless = survey(shards, &tables, |resident| reading.take(resident)).await?;
        reading.end_meeting();
        let Reading { mut travellers, mut lost, met: meetings, .. } = reading;
        let rows: u64 = keyless.iter().map(|load| load.rows).sum();
        if lost.count == 0 && rows > 0 {
            lost = Obstacle { matter: "rows have no key", count: rows, examples: Vec::new() };
        }
        if lost.count > 0 {
            return Err(ApplyError::Obstacle { keyspace, obstacle: lost });
        }
        travellers.sort_unstable();
        Ok(Self { keyspace, tables, travellers, meetings })
    }

    /// Of a keyspace that is left alone.
    pub(super) fn none(keyspace: KeyspaceName) -> Self {
        Self { keyspace, tables: Vec::new(), travellers: Vec::new(), meetings: Vec::new() }
    }

    /// Each way that any key takes, once: from where to where.
    pub(super) fn ways(&self) -> Vec<(usize, usize)> {
        let mut ways: Vec<_> = self.travellers.iter().map(|t| (t.from, t.to)).collect();
        ways.dedup();
        ways
    }

    pub(super) fn keys(&self) -> u64 {
        self.travellers.len() as u64
    }

    pub(super) fn rows(&self) -> u64 {
        self.travellers.iter().map(|traveller| traveller.rows).sum()
    }

    /// The tables, as the rule looks at them.
    pub(super) fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The travellers in batches of so many rows at the most, each of one way and
    /// one region; a key with more goes alone.
    pub(super) fn legs(&self, rows: u64) -> impl Iterator<Item = Leg> {
        let by_region = self.tables.iter().any(|table| table.region().is_some());
        let mut rest = self.travellers.as_slice();
        std::iter::from_fn(move || {
            let first = rest.first()?;
            let mut sum = 0_u64;
            let fits = |(at, next): &(usize, &Traveller)| {
                sum = sum.saturating_add(next.rows);
                let same =
                    (next.from, next.to, &next.region) == (first.from, first.to, &first.region);
                same && (*at == 0 || sum <= rows && *at < KEYS_AT_ONCE)
            };
            let size = rest.iter().enumerate().take_while(fits).count();
            let (batch, left) = rest.split_at(size);
            rest = left;
            let region = match &first.region {
                _ if !by_region => RegionFilter::Any,
                Some(region) => RegionFilter::Is(region.to_string()),
                None => RegionFilter::Null,
            };
            let keys = batch.iter().map(|traveller| traveller.id.clone()).collect();
            Some(Leg { from: first.from, to: first.to, batch: Batch { region, keys } })
        })
    }
}

/// A key, the shards it is on and the one it goes to.
type Arrival = (StoredKey, Vec<usize>, usize);

/// Keys on their way into an itinerary; they come in ascending order.
struct Reading<'a> {
    goal: &'a dyn Router,
    travellers: Vec<Traveller>,
    lost: Obstacle,
    /// The keys of the id at hand: each with where it is and where it goes.
    meetings: Option<(StoredId, Vec<Arrival>)>,
    met: Vec<Meeting>,
}

fn none() -> Obstacle {
    Obstacle { matter: "keys have no place by the rule", count: 0, examples: Vec::new() }
}

impl Reading<'_> {
    fn take(&mut self, Resident { key, at }: Resident<'_>) {
        let to = match self.goal.route(&key.shard_key()) {
            Ok(to) => to.get(),
            Err(why) => {
                self.lost.count += 1;
                if self.lost.examples.len() < EXAMPLES {
                    self.lost.examples.push(format!("{key} ({why})"));
                }
                return;
            }
        };
        for &(from, load) in at.iter().filter(|(from, _)| *from != to) {
            let (region, id, rows) = (key.region.clone(), key.id.clone(), load.rows);
            self.travellers.push(Traveller { from, to, region, id, rows });
        }
        let places = at.iter().map(|(place, _)| *place).collect();
        match &mut self.meetings {
            Some((id, keys)) if *id == key.id => keys.push((key.clone(), places, to)),
            _ => {
                self.end_meeting();
                self.meetings = Some((key.id.clone(), vec![(key.clone(), places, to)]));
            }
        }
    }

    /// Of one id, what goes to the same shard from different ones.
    fn end_meeting(&mut self) {
        let Some((_, keys)) = self.meetings.take() else { return };
        let mut goals: Vec<usize> = keys.iter().map(|(.., to)| *to).collect();
        goals.sort_unstable();
        goals.dedup();
        for goal in goals {
            let keys: Vec<_> = keys
                .iter()
                .filter(|(.., to)| *to == goal)
                .map(|(key, places, _)| (key.clone(), places.clone()))
                .collect();
            let mut places: Vec<usize> =
                keys.iter().flat_map(|(_, places)| places.clone()).collect();
            places.sort_unstable();
            places.dedup();
            if places.len() > 1 {
                self.met.push(Meeting { keys });
            }
        }
    }
}
