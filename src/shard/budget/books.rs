use std::collections::VecDeque;

/// How often others may be served before a waiter by a connection it would have
/// had to see closed and opened anew. Without any, shards that are all short of
/// connections would do little but pass them on; without a limit, one whose
/// calls never pause would keep the others out.
const OVERTAKINGS: u32 = 8;

/// Who holds what, and who waits: pure bookkeeping, without clock or I/O.
///
/// `W` is how a waiter is told that its turn has come.
#[derive(Debug)]
pub(super) struct Books<W> {
    most: u32,
    /// The sum of what the shards keep reserved: never above `most`.
    reserved: u32,
    /// The sum of the shards' connections that are about to be closed.
    leaving: usize,
    shards: Vec<Tally>,
    /// In the order in which they asked.
    queue: VecDeque<Waiter<W>>,
    /// The next ticket.
    next: u64,
}

/// What one shard holds.
#[derive(Debug, Clone, Default)]
pub(super) struct Tally {
    /// What it is sure of.
    pub(super) least: u32,
    /// Calls that have a connection or the right to open one.
    pub(super) claims: u32,
    /// Connections that are open or being opened.
    pub(super) seats: u32,
    /// Idle connections someone is about to close for another shard.
    pub(super) leaving: u32,
    /// Counts what may end a wait for a connection on this shard.
    pub(super) changes: u64,
    closed: bool,
}

/// A place in the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ticket(u64);

#[derive(Debug)]
struct Waiter<W> {
    ticket: Ticket,
    shard: usize,
    overtaken: u32,
    tell: W,
}

/// What a claim is met from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From {
    /// The shard's minimum, which is nobody else's.
    Minimum,
    /// A connection of its own that nobody uses.
    Idle,
    /// What no shard has reserved.
    Room,
}

impl Tally {
    fn reserved(&self) -> u32 {
        self.seats.max(self.claims).max(self.least)
    }

    /// How many of its connections nobody uses, and nobody is about to close.
    fn idle(&self) -> u32 {
        self.seats.saturating_sub(self.leaving).saturating_sub(self.claims)
    }

    /// Whether it can do without one of them.
    fn can_lend(&self) -> bool {
        self.seats.saturating_sub(self.leaving) > self.claims.max(self.least)
    }
}

impl<W> Books<W> {
    /// Books over shards with these minimums, which fit into the total.
    pub(super) fn new(most: u32, least: &[u32]) -> Self {
        let shard = |&least: &u32| Tally { least, ..Tally::default() };
        Self {
            most,
            reserved: least.iter().sum(),
            leaving: 0,
            shards: least.iter().map(shard).collect(),
            queue: VecDeque::new(),
            next: 0,
        }
    }

    pub(super) fn shard(&self, shard: usize) -> &Tally {
        &self.shards[shard]
    }

    /// A claim, if there is one to be had at once: what is promised to a waiter
    /// does not count as idle any more.
    pub(super) fn claim(&mut self, shard: usize) -> bool {
        let Some(from) = self.source(shard, false) else { return false };
        self.grant(shard, from, self.queue.len());
        true
    }

    /// Queues for a claim; `None` if the shard takes no more calls.
    pub(super) fn wait(&mut self, shard: usize, tell: W) -> Option<Ticket> {
        if self.shards[shard].closed {
            return None;
        }
        let ticket = Ticket(self.next);
        self.next += 1;
        self.queue.push_back(Waiter { ticket, shard, overtaken: 0, tell });
        Some(ticket)
    }

    /// Forgets a waiter that has gone away, if it still waits.
    pub(super) fn forget(&mut self, ticket: Ticket) {
        self.queue.retain(|waiter| waiter.ticket != ticket);
    }

    /// A call is over.
    pub(super) fn end(&mut self, shard: usize) {
        self.change(shard, |tally| tally.claims -= 1);
    }

    /// A seat for a connection that is to be opened, if one is due to the shard:
    /// its callers share what it has reserved, and may not open more than that.
    pub(super) fn open(&mut self, shard: usize) -> bool {
        let tally = &self.shards[shard];
        let due = tally.seats < tally.reserved();
        if due {
            self.change(shard, |tally| tally.seats += 1);
        }
        due
    }

    /// A connection is closed, or was never opened.
    pub(super) fn closed(&mut self, shard: usize) {
        self.change(shard, |tally| tally.seats -= 1);
    }

    /// Turns away the shard's waiters, and all to come.
    pub(super) fn close(&mut self, shard: usize) {
        self.shards[shard].closed = true;
        self.queue.retain(|waiter| waiter.shard != shard);
    }

    /// Serves whoever can be served now, in the order in which they asked.
    pub(super) fn serve(&mut self) -> Vec<(usize, W)> {
        let (mut served, mut barred, mut place) = (Vec::new(), false, 0);
        while let Some(waiter) = self.queue.get(place) {
            let shard = waiter.shard;
            let Some(from) = self.source(shard, barred) else {
                barred |= waiter.bars();
                place += 1;
                continue;
            };
            let waiter = self.queue.remove(place).expect("it has just been looked at");
            self.grant(shard, from, place);
            served.push((shard, waiter.tell));
        }
        served
    }

    /// The shards that shall each close an idle connection for the waiters'
    /// sake. [`evicted`](Self::evicted) must follow for every one.
    pub(super) fn evict(&mut self) -> Vec<usize> {
        let wanting = |waiter: &&Waiter<W>| self.shards[waiter.shard].idle() == 0;
        let wanted = self.queue.iter().filter(wanting).count();
        let missing = wanted.saturating_sub(self.leaving);
        (0..missing).map_while(|_| self.evict_one()).collect()
    }

    fn evict_one(&mut self) -> Option<usize> {
        let lenders = self.shards.iter_mut().enumerate().filter(|(_, tally)| tally.can_lend());
        let (shard, tally) = lenders.max_by_key(|(_, tally)| tally.idle())?;
        tally.leaving += 1;
        self.leaving += 1;
        Some(shard)
    }

    /// Whether an eviction that was decided on is still right: meanwhile the shard
    /// may have found a use for the connection.
    pub(super) fn still_lends(&self, shard: usize) -> bool {
        let Tally { least, claims, seats, leaving, .. } = self.shards[shard];
        seats + 1 > claims.max(least) + leaving
    }

    /// An eviction is over, whether it found a connection or not.
    pub(super) fn evicted(&mut self, shard: usize) {
        self.leaving -= 1;
        self.change(shard, |tally| tally.leaving -= 1);
    }

    fn source(&self, shard: usize, barred: bool) -> Option<From> {
        let tally = &self.shards[shard];
        if tally.claims < tally.least {
            Some(From::Minimum)
        } else if tally.idle() > 0 && !barred {
            Some(From::Idle)
        } else if self.reserved < self.most {
            Some(From::Room)
        } else {
            None
        }
    }

    /// Grants a claim to someone with so many waiters ahead.
    fn grant(&mut self, shard: usize, from: From, ahead: usize) {
        self.change(shard, |tally| tally.claims += 1);
        if from == From::Idle {
            self.queue.iter_mut().take(ahead).for_each(|waiter| waiter.overtaken += 1);
        }
    }

    fn change(&mut self, shard: usize, change: impl FnOnce(&mut Tally)) {
        let tally = &mut self.shards[shard];
        self.reserved -= tally.reserved();
        change(tally);
        tally.changes += 1;
        self.reserved += tally.reserved();
    }
}

impl<W> Waiter<W> {
    /// Whether nobody may be served before it any more by what it could have.
    fn bars(&self) -> bool {
        self.overtaken >= OVERTAKINGS
    }
}

#[cfg(test)]
impl<W> Books<W> {
    pub(super) fn reserved(&self) -> u32 {
        self.reserved
    }

    pub(super) fn shards(&self) -> &[Tally] {
        &self.shards
    }

    /// The waiters' shards, in their order.
    pub(super) fn waiting(&self) -> Vec<usize> {
        self.queue.iter().map(|waiter| waiter.shard).collect()
    }
}
