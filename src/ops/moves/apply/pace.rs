use std::{
    num::NonZeroU64,
    time::{Duration, Instant},
};

/// Keeps the average rate below a limit, by a rest after each batch.
#[derive(Debug)]
pub(super) struct Pace {
    limit: Option<NonZeroU64>,
    began: Instant,
    rows: u64,
}

impl Pace {
    pub(super) fn new(limit: Option<NonZeroU64>) -> Self {
        Self { limit, began: Instant::now(), rows: 0 }
    }

    /// How long to rest now that so many more rows were moved.
    pub(super) fn after(&mut self, rows: u64) -> Duration {
        self.rows += rows;
        rest(self.limit, self.rows, self.began.elapsed())
    }
}

fn rest(limit: Option<NonZeroU64>, rows: u64, elapsed: Duration) -> Duration {
    let Some(limit) = limit else { return Duration::ZERO };
    // A rate is for people: no number of rows needs all of its digits.
    let due = Duration::from_secs_f64(rows as f64 / limit.get() as f64);
    due.saturating_sub(elapsed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_too_fast_is_waited_for() {
        let seconds = Duration::from_secs;
        let limit = NonZeroU64::new(100);
        assert_eq!(rest(limit, 1000, seconds(4)), seconds(6));
        assert_eq!(rest(limit, 1000, seconds(10)), Duration::ZERO);
        assert_eq!(rest(limit, 1000, seconds(11)), Duration::ZERO);
        assert_eq!(rest(None, u64::MAX, Duration::ZERO), Duration::ZERO);
    }
}
