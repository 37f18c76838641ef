use std::time::{Duration, Instant};

use thiserror::Error;
use tokio::time::sleep;
use tracing::warn;

use super::{Hold, HoldMode, Identify};
use crate::{
    key::ShardId,
    shard::{Sessions, ShardError},
};

/// How often a database that is held is asked for again.
const POLL: Duration = Duration::from_millis(100);

/// A database that could not be held.
#[derive(Debug, Error)]
pub enum HoldError {
    /// Someone is in the way.
    #[error("shard {shard} is held by {holders}; stop it, and run this again")]
    Held {
        /// The shard.
        shard: ShardId,
        /// Who they are, as far as can be seen.
        holders: String,
    },
    /// It could not be asked for.
    #[error(transparent)]
    Shard(#[from] ShardError),
}

/// Databases held alone, by the sessions they were taken on.
#[derive(Debug)]
pub struct Held {
    holds: Vec<Hold>,
}

impl Held {
    /// Lets them go at once: a server takes a moment to see that a session has ended,
    /// and whoever serves next would find it held. If it can't be done, that moment
    /// is all there is to wait for.
    pub async fn release<C: Identify>(self, sessions: &mut Sessions<C>) {
        let released = sessions.run(move |conns| {
            let release = |(conn, hold): (&mut C, Hold)| conn.release(hold, HoldMode::Exclusive);
            conns.iter_mut().zip(self.holds).try_for_each(release)
        });
        if let Err(error) = released.await {
            warn!(%error, "a shard is let go with its session only");
        }
    }
}

/// Holds the databases of all these sessions alone, waiting no longer than
/// `patience` for those who serve from them to go. `waiting` is told once who is
/// waited for.
///
/// # Errors
/// [`HoldError::Held`] names the first shard that is in use, and who uses it.
/// Those taken by then are let go when the sessions are closed.
pub async fn hold_alone<C: Identify>(
    sessions: &mut Sessions<C>,
    patience: Duration,
    mut waiting: impl FnMut(&HoldError),
) -> Result<Held, HoldError> {
    let began = Instant::now();
    let mut told = false;
    let mut holds = Vec::new();
    // Always in the order of their names: of two who want all, one gets all.
    for place in 0..sessions.shards().len() {
        loop {
            match ask(sessions, place).await? {
                Ok(hold) => {
                    holds.push(hold);
                    break;
                }
                Err(held) if began.elapsed() >= patience => return Err(held),
                Err(held) => {
                    if !std::mem::replace(&mut told, true) {
                        waiting(&held);
                    }
                }
            }
            sleep(POLL).await;
        }
    }
    Ok(Held { holds })
}

async fn ask<C: Identify>(
    sessions: &mut Sessions<C>,
    place: usize,
) -> Result<Result<Hold, HoldError>, HoldError> {
    let shard = sessions.shards()[place].clone();
    let asked = sessions.run(move |conns| {
        let conn = &mut conns[place];
        match conn.hold(HoldMode::Exclusive)? {
            Some(hold) => Ok(Ok(hold)),
            None => Ok(Err(in_words(&conn.holders()?))),
        }
    });
    match asked.await {
        Ok(Ok(hold)) => Ok(Ok(hold)),
        Ok(Err(holders)) => Ok(Err(HoldError::Held { shard, holders })),
        Err(source) => Err(ShardError::Query { shard, source }.into()),
    }
}

/// Holders on one line.
#[must_use]
pub fn in_words(holders: &[String]) -> String {
    match holders {
        [] => "another process".to_owned(),
        named => named.join(", "),
    }
}
