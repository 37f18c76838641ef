use std::fmt;

use thiserror::Error;

use super::{Load, merge::Stopped};
use crate::{
    key::ShardId,
    shard::{Connect, Shard, ShardError},
};

/// Shards whose keys could not be read, and so nothing is known of the whole.
#[derive(Debug, Error)]
pub struct Unreadable {
    /// Each with its reason, in the order of the shards. One that had not
    /// answered by the time another failed may be missing.
    pub shards: Vec<(ShardId, ReadError)>,
}

/// Why a shard's keys could not be read.
#[derive(Debug, Error)]
pub enum ReadError {
    /// It could not be reached, or its statement failed.
    #[error(transparent)]
    Shard(#[from] ShardError),
    /// Its keys did not come in ascending order, without which keys on two
    /// shards are not seen.
    #[error(
        "its keys come in another order than by their bytes, which a database in UTF-8 does not \
         do; its encoding must be UTF-8"
    )]
    Order,
}

impl Unreadable {
    /// The outcome of the merge and of the readers in one.
    pub(super) fn sort<C: Connect>(
        shards: &[&Shard<C>],
        merged: Result<Vec<Load>, Stopped>,
        outcomes: Vec<(usize, Result<(), ShardError>)>,
    ) -> Result<Vec<Load>, Self> {
        let failed = outcomes
            .into_iter()
            .filter_map(|(place, outcome)| Some((place, ReadError::from(outcome.err()?))));
        let mut failed: Vec<_> = failed.collect();
        match merged {
            Ok(keyless) if failed.is_empty() => return Ok(keyless),
            Err(Stopped::Disorder(place)) => failed.push((place, ReadError::Order)),
            Ok(_) | Err(Stopped::Silent) => {}
        }
        failed.sort_by_key(|(place, _)| *place);
        let named = |(place, error): (usize, _)| (shards[place].id().clone(), error);
        Err(Self { shards: failed.into_iter().map(named).collect() })
    }
}

impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("not every shard's keys can be read, so nothing can be said of any")?;
        for (shard, error) in &self.shards {
            write!(f, "\n  {shard}: {error}")?;
            let mut cause = std::error::Error::source(error);
            while let Some(error) = cause {
                write!(f, ": {}", error.to_string().trim().replace('\n', " "))?;
                cause = error.source();
            }
        }
        Ok(())
    }
}
