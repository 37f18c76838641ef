//! The keys of all shards in one ascending stream: each shard is read on its own
//! blocking thread, into a bounded channel, and the channels are merged. A key
//! on two shards comes once, with both.

mod error;
mod merge;
mod reader;

use std::{pin::pin, time::Duration};

pub use error::{ReadError, Unreadable};
use futures::{StreamExt, stream::FuturesUnordered};
pub use merge::Resident;
use tokio::{select, sync::mpsc, time::timeout};

use super::{Census, Load};
use crate::{ops::tables::Table, shard::Shard};

/// Chunks that may wait between a shard's thread and the merge. With those in
/// hand on either side this is all the memory a shard's keys take.
const WAITING: usize = 4;
/// Once one shard can't be read, how long the others have to say that they can't either.
const GRACE: Duration = Duration::from_secs(5);

/// Reads every key that the shards hold rows of, in ascending order, and hands
/// `each` the key and the shards it is on, as places in the slice. What comes
/// back is the rows without a key, shard by shard.
///
/// Each shard is read in one statement, on a connection of its own without a
/// statement time-out. The memory taken is a few thousand keys a shard, however
/// many there are. A caller who goes away ends the reading.
///
/// The shards are read side by side, but not at one moment: what is written
/// meanwhile may be seen or not.
///
/// # Errors
/// [`Unreadable`] if any shard can't be read: never a part for the whole. `each`
/// may have had keys by then, and what it made of them is void.
pub async fn survey<C: Census>(
    shards: &[&Shard<C>],
    tables: &[Table],
    each: impl FnMut(Resident<'_>),
) -> Result<Vec<Load>, Unreadable> {
    let (senders, receivers): (Vec<_>, Vec<_>) =
        shards.iter().map(|_| mpsc::channel(WAITING)).unzip();
    let read = |(place, sender)| reader::read(shards, place, tables.to_vec(), sender);
    let mut readers: FuturesUnordered<_> = senders.into_iter().enumerate().map(read).collect();
    let mut outcomes = Vec::new();
    let merged = {
        let mut merging = pin!(merge::merge(receivers, each));
        loop {
            select! {
                merged = &mut merging => break merged,
                Some(outcome) = readers.next() => outcomes.push(outcome),
            }
        }
    };
    // With the merge its ends of the channels are gone, which ends every reader
    // that has more to say.
    let ending = async {
        while let Some(outcome) = readers.next().await {
            outcomes.push(outcome);
        }
    };
    if merged.is_ok() {
        ending.await;
    } else {
        // One that is silent even then is not known to be unreadable.
        let _ = timeout(GRACE, ending).await;
    }
    Unreadable::sort(shards, merged, outcomes)
}
