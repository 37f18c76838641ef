//! One client of the service.

use std::sync::Arc;
use std::time::Instant;

use serde_json::json;
use tokio::sync::watch;
use tokio::time::{Duration, MissedTickBehavior};

use super::answer::{Answer, Silence};
use super::calls::{body, get, patch, path, post, shows};
use super::ledger::{Known, Ledger, STEPS};
use super::record::{Kind, Record, Recording};
use super::wire::{Call, Wire};
use super::{Home, last_call};
use crate::support::seed::Seed;

/// From so many orders without an answer on, a client places no more before it has one.
const MOST_PENDING: usize = 5;

/// A client with a tenant of its own, so that nobody else changes what it has been told.
#[derive(Debug)]
pub(super) struct Client {
    wire: Wire,
    name: String,
    home: Home,
    /// How long it is from one request to the next.
    pace: Duration,
    seed: Seed,
    count: usize,
    /// Orders asked for, and to be asked for again under the same key.
    pending: Vec<Known>,
    ledger: Ledger,
}

impl Client {
    pub(super) fn new(
        address: &str,
        name: String,
        home: Home,
        pace: Duration,
        seed: Seed,
    ) -> Client {
        let (wire, pending, ledger) = (Wire::to(address), Vec::new(), Ledger::default());
        Client { wire, name, home, pace, seed, count: 0, pending, ledger }
    }

    /// Asks at its pace until told to stop, and then on for what has no answer yet.
    pub(super) async fn run(
        mut self,
        recording: Arc<Recording>,
        stop: watch::Receiver<bool>,
    ) -> Ledger {
        let offset = Duration::from_millis(self.seed.below(self.pace.as_millis() as usize) as u64);
        let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + offset, self.pace);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !*stop.borrow() {
            ticks.tick().await;
            self.ask(&recording).await;
        }
        let end = last_call();
        while !self.pending.is_empty() && Instant::now() < end {
            ticks.tick().await;
            self.place(&recording, 0).await;
        }
        self.ledger.unknown.append(&mut self.pending);
        self.ledger
    }

    async fn ask(&mut self, recording: &Recording) {
        let kind = Kind::any(&mut self.seed);
        let known = self.ledger.acknowledged.len();
        match kind {
            Kind::Invalid => self.invalid(recording).await,
            Kind::List => self.list(recording).await,
            Kind::Read if known > 0 => {
                let which = self.seed.below(known);
                self.read(recording, which).await;
            }
            Kind::Change if known > 0 => {
                let which = self.seed.below(known);
                self.change(recording, which).await;
            }
            Kind::KeyReused if known > 0 => {
                let which = self.seed.below(known);
                self.reuse_key(recording, which).await;
            }
            _ => {
                let again = self.seed.below(2) == 0 && !self.pending.is_empty();
                if !again && self.pending.len() < MOST_PENDING {
                    let new = self.new_order();
                    self.pending.push(new);
                    self.place(recording, self.pending.len() - 1).await;
                } else {
                    let which = self.seed.below(self.pending.len());
                    self.place(recording, which).await;
                }
            }
        }
    }

    /// Places an order that is pending, for the first time or again.
    async fn place(&mut self, recording: &Recording, which: usize) {
        let order = self.pending[which].clone();
        let call = post(&body(&order), &order.key);
        let Some(answer) = self.send(recording, Kind::Place, call).await else { return };
        match (answer.status, answer.json["order_id"].as_str()) {
            (201, Some(id)) => {
                let order = self.pending.swap_remove(which);
                self.ledger.acknowledged.push(Known { order_id: id.to_owned(), ..order });
            }
            (503, _) => {}
            (500.., _) => self.wrong(format!("{order:?} got {answer}")),
            _ => {
                self.pending.swap_remove(which);
                self.ledger.refused.push(order.customer.clone());
                self.wrong(format!("{order:?} got {answer}"));
            }
        }
    }

    /// What can be refused without asking anybody is refused whatever befalls the shard.
    async fn invalid(&mut self, recording: &Recording) {
        let order = self.new_order();
        let mut body = body(&order);
        let faults =
            [("currency", json!("xx")), ("total_cents", json!(-1)), ("total_cents", json!("1"))];
        let (field, value) = self.seed.pick(&faults).clone();
        body[field] = value;
        let call = post(&body, &order.key);
        self.ledger.refused.push(order.customer);
        if let Some(answer) = self.send(recording, Kind::Invalid, call).await
            && answer.status != 422
        {
            self.wrong(format!("{body} got {answer}"));
        }
    }

    /// Another order under the key of one that was placed.
    async fn reuse_key(&mut self, recording: &Recording, which: usize) {
        let key = self.ledger.acknowledged[which].key.clone();
        let order = self.new_order();
        let call = post(&body(&order), &key);
        self.ledger.refused.push(order.customer);
        if let Some(answer) = self.send(recording, Kind::KeyReused, call).await
            && ![422, 503].contains(&answer.status)
        {
            self.wrong(format!("a key used before got {answer}"));
        }
    }

    async fn read(&mut self, recording: &Recording, which: usize) {
        let order = self.ledger.acknowledged[which].clone();
        let call = get(path(&order));
        if let Some(answer) = self.send(recording, Kind::Read, call).await
            && answer.status != 503
            && !(answer.status == 200 && shows(&answer.json, &order))
        {
            self.wrong(format!("{order:?} is shown as {answer}"));
        }
    }

    async fn list(&mut self, recording: &Recording) {
        let call = get(format!("/orders/{}?limit=10", self.home.tenant));
        if let Some(answer) = self.send(recording, Kind::List, call).await
            && answer.status != 503
        {
            let known = self.ledger.acknowledged.len().min(10);
            let listed = answer.json.as_array().map_or(0, Vec::len);
            if answer.status != 200 || listed < known {
                self.wrong(format!("{known} orders or more are listed as {answer}"));
            }
        }
    }

    /// Takes an order a step further, or asks again for the step whose outcome is unknown.
    async fn change(&mut self, recording: &Recording, which: usize) {
        let order = &mut self.ledger.acknowledged[which];
        if order.tried == order.reached && order.reached + 1 < STEPS.len() {
            order.tried += 1;
        }
        let (order, step) = (order.clone(), STEPS[order.tried]);
        let call = patch(&order, step);
        let Some(answer) = self.send(recording, Kind::Change, call).await else { return };
        match answer.status {
            200 if answer.json["status"] == step => {
                self.ledger.acknowledged[which].reached = order.tried;
            }
            503 => {}
            _ => self.wrong(format!("{order:?} to {step} got {answer}")),
        }
    }

    /// Sends, records, and gives back what was answered, if anything was.
    async fn send(&mut self, recording: &Recording, kind: Kind, call: Call) -> Option<Answer> {
        let sent = Instant::now();
        let outcome: Result<Answer, Silence> = self.wire.send(call).await;
        let answer = outcome.as_ref().ok().cloned();
        let shard = self.home.shard;
        recording.add(Record { shard, kind, sent, latency: sent.elapsed(), outcome });
        answer
    }

    fn new_order(&mut self) -> Known {
        self.count += 1;
        let (tenant, shard) = (self.home.tenant.clone(), self.home.shard);
        let name = format!("{}-{}", self.name, self.count);
        let currency = (*self.seed.pick(&["EUR", "USD", "JPY"])).to_owned();
        let total = self.seed.below(1_000_000) as i64;
        let (customer, key, order_id) = (name.clone(), name, String::new());
        Known { tenant, shard, customer, total, currency, key, order_id, reached: 0, tried: 0 }
    }

    fn wrong(&mut self, what: String) {
        self.ledger.wrong.push(what);
    }
}
