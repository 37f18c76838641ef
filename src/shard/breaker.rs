use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::Trouble;

/// Consecutive failures after which calls are no longer tried.
const FAILURES: u32 = 3;
/// How long calls are refused before one of them may try again.
const COOL_DOWN: Duration = Duration::from_secs(1);

/// Stops calls to a shard that can't be reached, so that they fail at once
/// instead of each waiting in vain; then lets one call at a time find out
/// whether it is back.
///
/// The states are Nygard's (*Release It!*, 2007): closed, open, half-open.
#[derive(Debug, Default)]
pub struct Breaker(Arc<Mutex<Inner>>);

#[derive(Debug, Default)]
struct Inner {
    failures: u32,
    last: Option<Trouble>,
    /// How often it opened.
    trips: u64,
    /// Set from the opening on; the breaker is half-open once it has passed.
    open_until: Option<Instant>,
    trying: bool,
}

/// What a breaker does with calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum BreakerState {
    /// They pass.
    Closed,
    /// They are refused.
    Open,
    /// One at a time passes, as a probe.
    HalfOpen,
}

impl fmt::Display for BreakerState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        })
    }
}

/// Why a call may not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused {
    /// How long until one may try again.
    pub retry_after: Duration,
    /// What befell the last that tried.
    pub trouble: Trouble,
}

/// Leave to make one call. Say how it went; dropped without a word (a call
/// that never reached the database) it only makes room for the next probe.
#[derive(Debug)]
pub struct Pass {
    breaker: Arc<Mutex<Inner>>,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Call,
    /// The one call that a half-open breaker lets through.
    Trial,
    /// Made by those who find out how the shard is.
    Probe,
}

impl Breaker {
    /// Leave to make a call.
    ///
    /// # Errors
    /// When one may try again, if this one may not.
    pub fn pass(&self, now: Instant) -> Result<Pass, Refused> {
        let mut inner = lock(&self.0);
        let trouble = inner.last.unwrap_or(Trouble::Unreachable);
        let refused = |retry_after| Err(Refused { retry_after, trouble });
        let kind = match inner.open_until {
            None => Kind::Call,
            Some(until) if now < until => return refused(until - now),
            Some(_) if inner.trying => return refused(COOL_DOWN),
            Some(_) => Kind::Trial,
        };
        inner.trying |= kind == Kind::Trial;
        Ok(Pass { breaker: Arc::clone(&self.0), kind })
    }

    /// Leave to make a call whatever the state, for those who find it out.
    #[must_use]
    pub fn probe(&self) -> Pass {
        Pass { breaker: Arc::clone(&self.0), kind: Kind::Probe }
    }

    /// How often it has opened so far.
    #[must_use]
    pub fn trips(&self) -> u64 {
        lock(&self.0).trips
    }

    /// What it does with calls now.
    #[must_use]
    pub fn state(&self, now: Instant) -> BreakerState {
        match lock(&self.0).open_until {
            None => BreakerState::Closed,
            Some(until) if now < until => BreakerState::Open,
            Some(_) => BreakerState::HalfOpen,
        }
    }
}

/// A change of state that is worth a line in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It opened.
    Opened,
    /// It closed.
    Closed,
}

impl Pass {
    /// Whether the call only asks if the shard is there, so that no answer is one too.
    #[must_use]
    pub fn is_probe(&self) -> bool {
        self.kind == Kind::Probe
    }

    /// Whether nothing has been heard of the shard since someone asked in vain.
    #[must_use]
    pub fn is_suspect(&self) -> bool {
        let inner = lock(&self.breaker);
        inner.failures > 0 && inner.last == Some(Trouble::Silent)
    }

    /// One pass for several calls that are made as one; the trial's if there is one.
    pub(super) fn and(self, other: Self) -> Self {
        if other.kind == Kind::Trial { other } else { self }
    }

    /// The shard answered.
    pub fn succeeded(self) -> Option<Change> {
        let mut inner = lock(&self.breaker);
        inner.failures = 0;
        inner.open_until.take().map(|_| Change::Closed)
    }

    /// The shard could not be reached.
    pub fn failed(self, now: Instant, trouble: Trouble) -> Option<Change> {
        let mut inner = lock(&self.breaker);
        inner.failures = inner.failures.saturating_add(1);
        inner.last = Some(trouble);
        if inner.failures < FAILURES && self.kind != Kind::Trial {
            return None;
        }
        if inner.open_until.replace(now + COOL_DOWN).is_some() {
            return None;
        }
        inner.trips += 1;
        Some(Change::Opened)
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        if self.kind == Kind::Trial {
            lock(&self.breaker).trying = false;
        }
    }
}

/// The state is whole after every line that changes it, so a panic elsewhere
/// leaves nothing to fear.
fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
    inner.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn opened(now: Instant) -> Breaker {
        let breaker = Breaker::default();
        for i in 1..=FAILURES {
            let change = breaker.pass(now).expect("still closed").failed(now, Trouble::Silent);
            assert_eq!(change, (i == FAILURES).then_some(Change::Opened));
        }
        breaker
    }

    #[test]
    fn it_opens_after_consecutive_failures_only() {
        let now = Instant::now();
        let breaker = Breaker::default();
        for _ in 0..10 {
            for _ in 1..FAILURES {
                breaker.pass(now).expect("closed").failed(now, Trouble::Lost);
            }
            breaker.pass(now).expect("closed").succeeded();
        }
        assert_eq!(breaker.state(now), BreakerState::Closed);
        let refused = Refused { retry_after: COOL_DOWN, trouble: Trouble::Silent };
        assert_eq!(opened(now).pass(now).err(), Some(refused));
        assert_eq!((opened(now).trips(), breaker.trips()), (1, 0));
    }

    #[test]
    fn half_open_lets_one_probe_through_at_a_time() {
        let start = Instant::now();
        let breaker = opened(start);
        let later = start + COOL_DOWN;
        assert_eq!(breaker.state(later), BreakerState::HalfOpen);
        let probe = breaker.pass(later).expect("the probe");
        assert!(breaker.pass(later).is_err(), "a second probe");
        drop(probe);
        let probe = breaker.pass(later).expect("the first was given up");
        assert_eq!(probe.failed(later, Trouble::Lost), None, "it was open all along");
        assert_eq!(breaker.state(later), BreakerState::Open);
    }

    #[test]
    fn who_finds_it_out_passes_always_and_keeps_the_others_waiting() {
        let start = Instant::now();
        let breaker = opened(start);
        let later = start + COOL_DOWN / 2;
        assert_eq!(breaker.probe().failed(later, Trouble::Crowded), None);
        let refused = breaker.pass(start + COOL_DOWN).expect_err("it was put off");
        assert_eq!(refused, Refused { retry_after: COOL_DOWN / 2, trouble: Trouble::Crowded });
        assert_eq!(breaker.probe().succeeded(), Some(Change::Closed));
        assert!(breaker.pass(later).is_ok());
    }

    #[test]
    fn a_probe_that_succeeds_closes_it() {
        let start = Instant::now();
        let breaker = opened(start);
        let later = start + COOL_DOWN;
        assert_eq!(breaker.pass(later).expect("the probe").succeeded(), Some(Change::Closed));
        assert_eq!(breaker.state(later), BreakerState::Closed);
        assert!(breaker.pass(later).is_ok() && breaker.pass(later).is_ok());
    }
}
