//! Any order of events over a few shards whose pools are modelled as numbers.

use proptest::{collection::vec, prelude::*};

use super::books::{Books, Ticket};

/// A call with a claim.
#[derive(Debug)]
struct Call {
    shard: usize,
    connected: bool,
    /// It has put its connection back, or lost it, and is about to end.
    done: bool,
}

#[derive(Debug)]
struct Model {
    books: Books<usize>,
    most: u32,
    calls: Vec<Call>,
    waiters: Vec<(usize, Ticket)>,
    /// Connections in each shard's pool.
    idle: Vec<u32>,
    /// Connections a pool has retired and not closed yet.
    retired: Vec<usize>,
    /// Evictions under way, and whether they have a connection in hand.
    evictions: Vec<(usize, Option<bool>)>,
    names: usize,
}

#[derive(Debug, Clone)]
enum Event {
    Ask(usize),
    AskAtOnce(usize),
    Leave(usize),
    Connect(usize),
    PutBack(usize),
    Lose(usize),
    End(usize),
    Retire(usize),
    Retired(usize),
    Evict(usize),
}

impl Model {
    fn new(spare: u32, least: &[u32]) -> Self {
        let most = least.iter().sum::<u32>() + spare;
        let idle = vec![0; least.len()];
        let (calls, waiters, retired, evictions) = Default::default();
        let books = Books::new(most, least);
        Self { books, most, calls, waiters, idle, retired, evictions, names: 0 }
    }

    fn happen(&mut self, event: &Event) {
        let shards = self.idle.len();
        match *event {
            Event::Ask(shard) => self.ask(shard % shards),
            Event::AskAtOnce(shard) => {
                let shard = shard % shards;
                if self.books.claim(shard) {
                    self.calls.push(Call { shard, connected: false, done: false });
                }
            }
            Event::Leave(i) if !self.waiters.is_empty() => {
                let (_, ticket) = self.waiters.remove(i % self.waiters.len());
                self.books.forget(ticket);
                self.settle(true);
            }
            Event::Connect(i) if !self.calls.is_empty() => self.connect(i % self.calls.len()),
            Event::PutBack(i) if !self.calls.is_empty() => {
                let i = i % self.calls.len();
                let call = &mut self.calls[i];
                self.idle[call.shard] += u32::from(std::mem::take(&mut call.connected));
                call.done = true;
            }
            Event::Lose(i) if !self.calls.is_empty() => {
                let i = i % self.calls.len();
                self.calls[i].done = true;
                if std::mem::take(&mut self.calls[i].connected) {
                    self.closed(self.calls[i].shard);
                }
            }
            Event::End(i) if !self.calls.is_empty() => {
                let i = i % self.calls.len();
                self.happen(&Event::PutBack(i));
                let call = self.calls.remove(i);
                self.books.end(call.shard);
                self.settle(true);
            }
            Event::Retire(shard) if self.idle[shard % shards] > 0 => {
                self.idle[shard % shards] -= 1;
                self.retired.push(shard % shards);
            }
            Event::Retired(i) if !self.retired.is_empty() => {
                let shard = self.retired.remove(i % self.retired.len());
                self.closed(shard);
            }
            Event::Evict(i) if !self.evictions.is_empty() => {
                let i = i % self.evictions.len();
                self.evict(i);
            }
            _ => {}
        }
    }

    fn ask(&mut self, shard: usize) {
        if self.books.claim(shard) {
            self.calls.push(Call { shard, connected: false, done: false });
            return;
        }
        self.names += 1;
        let ticket = self.books.wait(shard, self.names).expect("no shard is closed");
        self.waiters.push((self.names, ticket));
        self.settle(true);
    }

    /// From the pool, or by opening one; or not yet, if someone has one in hand
    /// who is about to close it or to put it back.
    fn connect(&mut self, i: usize) {
        let Call { shard, connected: false, done: false } = self.calls[i] else { return };
        if self.idle[shard] > 0 {
            self.idle[shard] -= 1;
        } else if !self.books.open(shard) {
            let in_hand = self.retired.contains(&shard)
                || self.evictions.contains(&(shard, Some(true)))
                || self.calls.iter().any(|call| call.shard == shard && call.done);
            assert!(in_hand, "a claim without a connection to be had: {self:?}");
            return;
        }
        self.calls[i].connected = true;
    }

    /// Takes an idle connection, or finds none; the next time, closes it.
    fn evict(&mut self, i: usize) {
        let (shard, hand) = &mut self.evictions[i];
        let shard = *shard;
        match *hand {
            None if !self.books.still_lends(shard) => {
                self.evictions.remove(i);
                self.books.evicted(shard);
                self.settle(true);
            }
            None => {
                let found = self.idle[shard] > 0;
                self.idle[shard] -= u32::from(found);
                *hand = Some(found);
            }
            Some(found) => {
                self.evictions.remove(i);
                if found {
                    self.closed(shard);
                }
                self.books.evicted(shard);
                self.settle(found);
            }
        }
    }

    fn closed(&mut self, shard: usize) {
        self.books.closed(shard);
        self.settle(false);
    }

    /// As the shares do.
    fn settle(&mut self, all: bool) {
        for (shard, name) in self.books.serve() {
            self.waiters.retain(|(waiter, _)| *waiter != name);
            self.calls.push(Call { shard, connected: false, done: false });
        }
        if all {
            self.evictions.extend(self.books.evict().into_iter().map(|shard| (shard, None)));
        }
    }

    fn check(&self) {
        let mut open: Vec<u32> = self.idle.clone();
        let connected = self.calls.iter().filter(|call| call.connected).map(|call| call.shard);
        let evicted = self.evictions.iter().filter(|e| e.1 == Some(true)).map(|e| e.0);
        connected.chain(evicted).chain(self.retired.iter().copied()).for_each(|s| open[s] += 1);
        let seats: Vec<u32> = self.books.shards().iter().map(|tally| tally.seats).collect();
        assert_eq!(open, seats, "{self:?}");
        assert!(open.iter().sum::<u32>() <= self.most, "too many: {self:?}");
        let reserved = |t: &super::books::Tally| t.seats.max(t.claims).max(t.least);
        let reserved: u32 = self.books.shards().iter().map(reserved).sum();
        assert_eq!(reserved, self.books.reserved());
        assert!(reserved <= self.most, "promised too many: {self:?}");
        let waiting = self.books.waiting();
        assert_eq!(waiting.len(), self.waiters.len(), "{self:?}");
        assert!(waiting.is_empty() || reserved == self.most, "room, and a waiter: {self:?}");
        for &shard in &waiting {
            let tally = self.books.shard(shard);
            assert!(tally.claims >= tally.least, "below its minimum, and waits: {self:?}");
        }
        let idle = |shard: usize| {
            let tally = self.books.shard(shard);
            tally.seats.saturating_sub(tally.leaving) > tally.claims
        };
        if let Some(&first) = waiting.first() {
            assert!(!idle(first), "the first could have its own: {self:?}");
        }
        let under_way = !self.retired.is_empty()
            || !self.evictions.is_empty()
            || self.calls.iter().any(|call| call.done);
        let wanting = waiting.iter().any(|&shard| !idle(shard));
        let lender = self.books.shards().iter().any(|t| t.seats > t.claims.max(t.least));
        assert!(under_way || !wanting || !lender, "nobody lends: {self:?}");
    }

    /// Lets everything under way come to its end, calls included.
    fn wind_down(&mut self) {
        let shards = self.idle.len();
        for _ in 0..10_000 {
            let step = if !self.evictions.is_empty() {
                Event::Evict(0)
            } else if !self.retired.is_empty() {
                Event::Retired(0)
            } else if let Some(i) = self.calls.iter().position(|call| call.done) {
                Event::End(i)
            } else if let Some(i) = self.calls.iter().position(|call| !call.connected) {
                Event::Connect(i)
            } else if !self.calls.is_empty() {
                Event::End(0)
            } else if let Some(shard) = (0..shards).find(|&shard| self.idle[shard] > 0) {
                Event::Retire(shard)
            } else {
                break;
            };
            self.happen(&step);
            self.check();
        }
        assert!(self.waiters.is_empty(), "some wait in vain: {self:?}");
        let tallies = self.books.shards();
        assert!(tallies.iter().all(|t| (t.claims, t.seats, t.leaving) == (0, 0, 0)), "{self:?}");
        assert_eq!(self.books.reserved(), tallies.iter().map(|t| t.least).sum::<u32>());
    }
}

fn event() -> impl Strategy<Value = Event> {
    let i = 0..24_usize;
    prop_oneof![
        6 => i.clone().prop_map(Event::Ask),
        1 => i.clone().prop_map(Event::AskAtOnce),
        1 => i.clone().prop_map(Event::Leave),
        6 => i.clone().prop_map(Event::Connect),
        1 => i.clone().prop_map(Event::PutBack),
        1 => i.clone().prop_map(Event::Lose),
        4 => i.clone().prop_map(Event::End),
        1 => i.clone().prop_map(Event::Retire),
        1 => i.clone().prop_map(Event::Retired),
        3 => i.prop_map(Event::Evict),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_the_books_are_right(
        spare in 0..8_u32,
        least in vec(1..4_u32, 1..5),
        events in vec(event(), 1..150),
    ) {
        let mut model = Model::new(spare, &least);
        for event in &events {
            model.happen(event);
            model.check();
        }
        model.wind_down();
    }
}
