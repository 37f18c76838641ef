use std::fmt;

use thiserror::Error;

use super::Error;
use crate::{key::ShardId, shard::ShardError};

/// What came back from a scatter, and what did not.
///
/// Nothing can be read out of it without deciding about missing shards:
/// [`complete`](Self::complete) insists on all, [`partial`](Self::partial) is
/// asking for less aloud.
///
/// # Examples
/// What a scatter of three shards gives, the second of which has no turn to give:
///
/// ```
/// use std::time::Duration;
///
/// use shardwright::{cluster::Gathered, key::ShardId, shard::ShardError};
///
/// let gathered = || -> Result<Gathered<u64>, shardwright::key::NameError> {
///     let [a, b, c] = [ShardId::new("a")?, ShardId::new("b")?, ShardId::new("c")?];
///     let busy = ShardError::Busy { shard: b.clone(), waited: Duration::from_secs(2) };
///     Ok([(a, Ok(3)), (b, Err(busy)), (c, Ok(4))].into_iter().collect())
/// };
/// assert!(gathered()?.complete().is_err());
///
/// let (answered, missing) = gathered()?.partial()?;
/// assert_eq!(answered.iter().map(|(_, n)| n).sum::<u64>(), 7);
/// assert_eq!(missing[0].to_string(), "b: busy");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use = "a scatter's answer may lack shards; call `complete` or `partial`"]
pub struct Gathered<T> {
    answered: Vec<(ShardId, T)>,
    missing: Vec<Missing>,
    /// Why no shard was asked at all.
    refused: Option<Error>,
}

/// A shard that did not answer.
#[derive(Debug)]
pub struct Missing {
    /// The shard.
    pub shard: ShardId,
    /// Why it did not.
    pub error: ShardError,
}

/// At least one shard did not answer.
#[derive(Debug, Error)]
#[error("the answer is incomplete; missing: {}", list(.missing))]
pub struct Incomplete {
    /// The shards that did not answer, in shard order; never empty.
    pub missing: Vec<Missing>,
    /// How many did.
    pub answered: usize,
}

fn list(missing: &[Missing]) -> String {
    let each = missing.iter().map(|m| format!("{} ({})", m.shard, m.error.reason()));
    each.collect::<Vec<_>>().join(", ")
}

impl<T> Gathered<T> {
    pub(super) fn refused(error: Error) -> Self {
        Self { answered: Vec::new(), missing: Vec::new(), refused: Some(error) }
    }

    /// The answers of every shard, in shard order.
    ///
    /// # Errors
    /// [`Error::Incomplete`] names every shard that is missing and why.
    pub fn complete(self) -> Result<Vec<(ShardId, T)>, Error> {
        match self.partial()? {
            (answered, missing) if missing.is_empty() => Ok(answered),
            (answered, missing) => Err(Incomplete { missing, answered: answered.len() }.into()),
        }
    }

    /// The answers there are, in shard order, and the shards without one.
    ///
    /// # Errors
    /// [`Error::Incomplete`] if no shard answered: that is no part of an answer.
    #[expect(clippy::type_complexity, reason = "two lists, each plain")]
    pub fn partial(self) -> Result<(Vec<(ShardId, T)>, Vec<Missing>), Error> {
        if let Some(error) = self.refused {
            return Err(error);
        }
        if self.answered.is_empty() {
            return Err(Incomplete { missing: self.missing, answered: 0 }.into());
        }
        Ok((self.answered, self.missing))
    }

    /// The shards that did not answer, in shard order.
    #[must_use]
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }
}

impl<T> FromIterator<(ShardId, Result<T, ShardError>)> for Gathered<T> {
    fn from_iter<I: IntoIterator<Item = (ShardId, Result<T, ShardError>)>>(outcomes: I) -> Self {
        let mut gathered = Self { answered: vec![], missing: vec![], refused: None };
        for (shard, outcome) in outcomes {
            match outcome {
                Ok(answer) => gathered.answered.push((shard, answer)),
                Err(error) => gathered.missing.push(Missing { shard, error }),
            }
        }
        gathered
    }
}

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.shard, self.error.reason())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn shard(name: &str) -> ShardId {
        ShardId::new(name).expect("a good name")
    }

    fn busy(name: &str) -> (ShardId, Result<i32, ShardError>) {
        let error = ShardError::Busy { shard: shard(name), waited: Duration::ZERO };
        (shard(name), Err(error))
    }

    #[test]
    fn one_missing_shard_fails_the_strict_answer_and_is_named_in_the_partial_one() {
        let gathered = || [(shard("a"), Ok(1)), busy("b")].into_iter().collect::<Gathered<_>>();
        let error = gathered().complete().expect_err("b is missing").to_string();
        assert_eq!(error, "the answer is incomplete; missing: b (busy)");
        let (answered, missing) = gathered().partial().expect("a answered");
        assert_eq!(answered, [(shard("a"), 1)]);
        assert_eq!(missing.len(), 1);
    }

    #[test]
    fn no_answer_at_all_is_no_partial_answer() {
        let gathered: Gathered<i32> = [busy("a"), busy("b")].into_iter().collect();
        assert!(matches!(gathered.partial(), Err(Error::Incomplete(i)) if i.missing.len() == 2));
    }
}
