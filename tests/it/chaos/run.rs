//! A load, a fault in the middle of it, and the time after.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;

use super::process::Strain;
use super::stage::Stage;
use super::warm::Census;
use super::{VICTIM, pass, process};
use crate::process::until;
use crate::support::chaos::Onlooker;
use crate::support::load::{Load, Recording};

/// How much load there is before a fault, and how much after it.
const BEFORE: Duration = Duration::from_secs(1);
const AFTER: Duration = Duration::from_secs(2);
/// How long to wait for what must come, but came late, before giving up on it.
const LATE: Duration = Duration::from_secs(20);

/// What came of it.
#[derive(Debug)]
pub(super) struct Run {
    pub(super) recording: Arc<Recording>,
    /// When the fault began.
    pub(super) began: Instant,
    /// When it began to end.
    pub(super) lifted: Instant,
    /// When the server was first seen to take connections.
    pub(super) accepted: Instant,
    /// When a request on the shard was first answered after the end.
    pub(super) first: Option<Instant>,
    /// What the fault did to the service's threads.
    pub(super) strain: Strain,
    /// What `/health/shards` said during the fault, and how long it took to.
    pub(super) health: Vec<(Duration, Value)>,
    /// What the service still held when all was over, and its memory under load.
    pub(super) after: Census,
    /// What its threads did when there was nothing left to do.
    pub(super) rest: Strain,
    /// The last word of `/health/shards`, and whether it was a good one.
    pub(super) recovered: (bool, Value),
}

/// The time a fault lasts.
pub(super) struct Episode<'a> {
    stage: &'a Stage,
    began: Instant,
    lifted: Instant,
    health: Vec<(Duration, Value)>,
}

impl<'a> Episode<'a> {
    /// Lets the fault last as long as the settings say.
    pub(super) fn endure(&mut self) {
        self.endure_and(self.stage.settings.fault, || {});
    }

    /// Lets it last this long, and looks again and again at what it does.
    pub(super) fn endure_and(&mut self, long: Duration, mut look: impl FnMut()) {
        let end = Instant::now() + long;
        while Instant::now() < end {
            let asked = Instant::now();
            let health = self.stage.service().get("/health/shards");
            assert_eq!(health.status, 200, "{health:?}");
            self.health.push((asked.elapsed(), health.json));
            look();
            pass(Duration::from_millis(200).min(end.saturating_duration_since(Instant::now())));
        }
        self.lifted = Instant::now();
    }

    /// Where it takes place.
    pub(super) fn stage(&self) -> &'a Stage {
        self.stage
    }
}

/// A fault that is over, and a load that goes on.
pub(super) struct Inflicted {
    pub(super) load: Load,
    pub(super) began: Instant,
    pub(super) lifted: Instant,
    strain: Strain,
    health: Vec<(Duration, Value)>,
}

impl Stage {
    /// Load, `fault`, load. The fault begins it, endures it and ends it.
    pub(super) fn run(&mut self, fault: impl FnOnce(&mut Episode<'_>)) -> Run {
        let Inflicted { load, began, lifted, strain, health } = self.inflict(fault);
        let (_, accepted) = Onlooker::as_soon_as_possible(self.victim());
        let first = Stage::served_again(&load, lifted);
        pass(AFTER);
        let memory = process::memory(self.service().pid());
        let (recording, ledger) = load.stop();
        self.ledger.merge(ledger);
        let recovered = self.recovered();
        let after = Census { memory, ..self.census() };
        let (rest, ()) = process::strain(self.service().pid(), || pass(2 * process::HELD));
        Run { recording, began, lifted, accepted, first, strain, health, after, rest, recovered }
    }

    /// Load and `fault`, watched.
    pub(super) fn inflict(&mut self, fault: impl FnOnce(&mut Episode<'_>)) -> Inflicted {
        let load = self.load();
        pass(BEFORE);
        let began = Instant::now();
        let (strain, (lifted, health)) = process::strain(self.service().pid(), || {
            let mut episode = Episode { stage: self, began, lifted: began, health: Vec::new() };
            fault(&mut episode);
            assert!(episode.lifted > episode.began, "a fault is endured");
            (episode.lifted, episode.health)
        });
        Inflicted { load, began, lifted, strain, health }
    }

    /// When the shard first answered after the fault; none if it is far too late in doing so.
    pub(super) fn served_again(load: &Load, lifted: Instant) -> Option<Instant> {
        let (mut first, late) = (None, Instant::now() + LATE);
        until("the shard answers, or is late", || {
            first = load.recording().first_served(VICTIM, lifted);
            first.is_some() || Instant::now() > late
        });
        first
    }

    /// Waits until every shard is healthy and no connection in use; whether that came about.
    fn recovered(&self) -> (bool, Value) {
        let late = Instant::now() + LATE;
        let mut last = (false, Value::Null);
        until("all is well, or late", || {
            let health = self.service().get("/health/shards").json;
            let shards = health.as_object().into_iter().flatten();
            let well = |shard: &Value| {
                shard["healthy"] == true
                    && shard["pool_size"].is_u64()
                    && shard["pool_free"] == shard["pool_size"]
            };
            last = (shards.map(|(_, shard)| shard).all(well), health);
            last.0 || Instant::now() > late
        });
        last
    }
}
