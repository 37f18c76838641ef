//! Every request of a load, as its client saw it.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use super::answer::{Answer, Silence};
use crate::support::seed::Seed;

/// What a request was for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// `POST` of a new order, for the first time or again.
    Place,
    /// `GET` of an order acknowledged earlier.
    Read,
    /// `GET` of a page of orders.
    List,
    /// `PATCH` of an order.
    Change,
    /// `POST` of an order that can't be, as can be told without asking a shard.
    Invalid,
    /// `POST` of another order under a key used before, which only the shard can tell.
    KeyReused,
}

impl Kind {
    const MIX: [(Kind, usize); 6] = [
        (Kind::Place, 35),
        (Kind::Read, 25),
        (Kind::List, 10),
        (Kind::Change, 20),
        (Kind::Invalid, 6),
        (Kind::KeyReused, 4),
    ];

    /// One kind, each as often as in ordinary use.
    pub(super) fn any(seed: &mut Seed) -> Kind {
        let mut at = seed.below(Kind::MIX.iter().map(|(_, weight)| weight).sum());
        for (kind, weight) in Kind::MIX {
            match at.checked_sub(weight) {
                None => return kind,
                Some(rest) => at = rest,
            }
        }
        unreachable!("the weights add up")
    }
}

/// One request and what came of it.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    /// The shard of the client's tenant.
    pub(crate) shard: usize,
    pub(crate) kind: Kind,
    pub(crate) sent: Instant,
    pub(crate) latency: Duration,
    pub(crate) outcome: Result<Answer, Silence>,
}

impl Record {
    /// When the answer was there.
    pub(crate) fn done(&self) -> Instant {
        self.sent + self.latency
    }

    /// The status; none if the connection broke.
    pub(crate) fn status(&self) -> Option<u16> {
        self.outcome.as_ref().ok().map(|answer| answer.status)
    }

    /// Whether it was answered otherwise than by a failure of the service.
    pub(crate) fn served(&self) -> bool {
        self.status().is_some_and(|status| status < 500)
    }

    /// Whether it might have changed something.
    pub(crate) fn writes(&self) -> bool {
        matches!(self.kind, Kind::Place | Kind::Change | Kind::KeyReused)
    }

    /// Whether only the shard could answer it.
    pub(crate) fn needs_shard(&self) -> bool {
        self.kind != Kind::Invalid
    }
}

/// The requests of a load, as they were answered.
#[derive(Debug, Default)]
pub(crate) struct Recording(Mutex<Vec<Record>>);

impl Recording {
    pub(super) fn add(&self, record: Record) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(record);
    }

    /// Those that satisfy a condition, in the order they were answered.
    pub(crate) fn of(&self, which: impl Fn(&Record) -> bool) -> Vec<Record> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().filter(|record| which(record)).cloned().collect()
    }

    /// When a shard first answered a request sent after `then`.
    pub(crate) fn first_served(&self, shard: usize, then: Instant) -> Option<Instant> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let served =
            |r: &&Record| r.shard == shard && r.needs_shard() && r.done() >= then && r.served();
        all.iter().filter(served).map(Record::done).min()
    }
}
