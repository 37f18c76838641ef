use futures::future::join;

use super::{
    super::{Tally, Transfer, copy_verified, remove_verified},
    ApplyError,
    itinerary::Leg,
};
use crate::{
    key::ShardId,
    ops::{identity::Identify, tables::Table},
    shard::{Sessions, Shard},
};

/// Copies one batch while the batch before is being removed where it came from: two
/// servers have something to do at a time. Killed in between, a run leaves the keys of
/// two batches on both shards rather than of one.
///
/// The removals have sessions of their own. The databases are held by the others,
/// and each of these removes only what it finds as it was copied.
#[derive(Debug)]
pub(super) struct Pipeline<C: Transfer> {
    removers: Sessions<C>,
    copied: Option<Copied>,
}

/// A batch that is at its target, durably, and still at its source.
#[derive(Debug)]
struct Copied {
    leg: Leg,
    tables: Vec<Table>,
    tally: Tally,
}

/// A batch that has arrived.
#[derive(Debug)]
pub(super) struct Arrived {
    pub(super) keys: u64,
    pub(super) tally: Tally,
}

impl<C: Transfer + Identify> Pipeline<C> {
    pub(super) async fn open(shards: &[&Shard<C>]) -> Result<Self, ApplyError> {
        let mut removers = Sessions::open(shards).await?;
        let named = removers.run(|conns| conns.iter_mut().try_for_each(Identify::present_itself));
        named.await.map_err(ApplyError::Session)?;
        Ok(Self { removers, copied: None })
    }

    /// Copies a batch, and says which one has arrived meanwhile.
    pub(super) async fn carry(
        &mut self,
        sessions: &mut Sessions<C>,
        leg: Leg,
        tables: &[Table],
    ) -> Result<Option<Arrived>, ApplyError> {
        let mut arrived = None;
        // SQLite has one writer a file at a time.
        if self.copied.as_ref().is_some_and(|before| before.leg.from == leg.to) {
            arrived = self.finish().await?;
        }
        let (copied, removed) = join(copy(sessions, leg, tables), self.finish()).await;
        let removed = removed?;
        self.copied = Some(copied?);
        Ok(arrived.or(removed))
    }

    /// Removes what is still at its source.
    pub(super) async fn finish(&mut self) -> Result<Option<Arrived>, ApplyError> {
        let Some(Copied { leg, tables, tally }) = self.copied.take() else { return Ok(None) };
        let (Leg { from, to, batch }, shards) = (leg, self.removers.shards().to_vec());
        let keys = batch.keys.len() as u64;
        // What is nowhere but in a file that was taken away must not be removed at its source.
        self.removers.check(to)?;
        let removed = self.removers.run(move |conns| {
            remove_verified(&mut conns[from], &tables, &batch, &tally).map(|()| tally)
        });
        let tally = removed.await.map_err(|source| failed(&shards, from, to, source))?;
        Ok(Some(Arrived { keys, tally }))
    }
}

async fn copy<C: Transfer>(
    sessions: &mut Sessions<C>,
    leg: Leg,
    tables: &[Table],
) -> Result<Copied, ApplyError> {
    let (tables, shards) = (tables.to_vec(), sessions.shards().to_vec());
    let (from, to) = (leg.from, leg.to);
    let copied = sessions.run(move |conns| {
        let [source, target] = pair(conns, from, to);
        let tally = copy_verified(source, target, &tables, &leg.batch)?;
        Ok(Copied { leg, tables, tally })
    });
    copied.await.map_err(|source| failed(&shards, from, to, source))
}

fn failed(
    shards: &[ShardId],
    from: usize,
    to: usize,
    source: super::super::TransferError,
) -> ApplyError {
    let [from, to] = [from, to].map(|place| shards[place].clone());
    ApplyError::Transfer { from, to, source: Box::new(source) }
}

/// The connections of a key's way.
pub(super) fn pair<C>(conns: &mut [C], from: usize, to: usize) -> [&mut C; 2] {
    let pair = conns.get_disjoint_mut([from, to]);
    pair.expect("a key on its way is on another shard than it goes to")
}
