use std::time::{Duration, Instant};

/// The moment a call must be answered by. One request has one, handed down to
/// every wait on the way, so that waits can't add up beyond it.
///
/// # Examples
/// ```
/// use std::time::Duration;
///
/// use shardwright::shard::Deadline;
///
/// let deadline = Deadline::after(Duration::from_secs(2));
/// assert!(!deadline.has_passed() && deadline.remaining() <= Duration::from_secs(2));
/// // `db.within(deadline)` is the cluster for whoever has that long, for all their calls.
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Deadline(Instant);

impl Deadline {
    /// This long from now.
    #[must_use]
    pub fn after(length: Duration) -> Self {
        Self(Instant::now() + length)
    }

    /// At this moment.
    #[must_use]
    pub const fn at(moment: Instant) -> Self {
        Self(moment)
    }

    /// What is left; zero once it has passed.
    #[must_use]
    pub fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it has passed.
    #[must_use]
    pub fn has_passed(self) -> bool {
        self.remaining().is_zero()
    }
}

impl From<Deadline> for Instant {
    fn from(deadline: Deadline) -> Self {
        deadline.0
    }
}
