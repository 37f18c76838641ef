use std::{
    array,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
    time::Duration,
};

/// How many seconds one window is filled.
const WINDOW: u64 = 10;
/// How many windows are looked at: the last minute or so.
const WINDOWS: u64 = 7;
/// One more, so that none that is looked at is being cleared.
const SLOTS: usize = 8;
/// Four to a power of two, from a microsecond to more than a minute.
const BUCKETS: usize = 108;

/// How long calls took of late: counts in fixed buckets, each a fifth wider than the
/// one before, so that a quantile is no further off than that.
#[derive(Debug)]
pub(super) struct Latencies {
    windows: [Window; SLOTS],
}

#[derive(Debug)]
struct Window {
    /// Which stretch of time it holds, counted from 1.
    stamp: AtomicU64,
    counts: [AtomicU32; BUCKETS],
}

impl Default for Latencies {
    fn default() -> Self {
        let window =
            |_| Window { stamp: AtomicU64::new(0), counts: array::from_fn(|_| AtomicU32::new(0)) };
        Self { windows: array::from_fn(window) }
    }
}

impl Latencies {
    pub(super) fn count(&self, second: u64, took: Duration) {
        let stamp = second / WINDOW + 1;
        let window = &self.windows[slot_of(stamp)];
        let seen = window.stamp.load(Ordering::Relaxed);
        if seen < stamp {
            // Whoever comes first clears it. A call that is counted in that very moment
            // may be lost, which no quantile shows.
            let (yes, no) = (Ordering::AcqRel, Ordering::Relaxed);
            if window.stamp.compare_exchange(seen, stamp, yes, no).is_ok() {
                window.counts.iter().for_each(|count| count.store(0, Ordering::Relaxed));
            }
        }
        window.counts[bucket_of(took)].fetch_add(1, Ordering::Relaxed);
    }

    /// What so many of a hundred calls did not exceed; `None` if there were no calls.
    pub(super) fn percentiles<const N: usize>(
        &self,
        now: u64,
        wanted: [u64; N],
    ) -> [Option<Duration>; N] {
        let mut counts = [0_u64; BUCKETS];
        let last = now / WINDOW + 1;
        for stamp in last.saturating_sub(WINDOWS - 1)..=last {
            let window = &self.windows[slot_of(stamp)];
            if window.stamp.load(Ordering::Acquire) == stamp {
                for (sum, count) in counts.iter_mut().zip(&window.counts) {
                    *sum += u64::from(count.load(Ordering::Relaxed));
                }
            }
        }
        let total: u64 = counts.iter().sum();
        wanted.map(|percent| {
            let rank = (total * percent).div_ceil(100).max(1);
            let mut below = 0;
            let bucket = counts.iter().position(|count| {
                below += count;
                below >= rank
            });
            bucket.map(upper_end)
        })
    }
}

fn slot_of(stamp: u64) -> usize {
    usize::try_from(stamp % SLOTS as u64).unwrap_or_default()
}

/// The place of the highest bit, then the two bits below it.
fn bucket_of(took: Duration) -> usize {
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX).max(4);
    let power = micros.ilog2();
    let quarter = (micros >> (power - 2)) & 3;
    let bucket = u64::from(power - 2) * 4 + quarter;
    usize::try_from(bucket).unwrap_or(BUCKETS).min(BUCKETS - 1)
}

fn upper_end(bucket: usize) -> Duration {
    let (power, quarter) = (bucket / 4, bucket as u64 % 4);
    Duration::from_micros((5 + quarter) << power)
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Duration = Duration::from_millis(1);

    fn percentiles(latencies: &Latencies, now: u64) -> [Option<Duration>; 2] {
        latencies.percentiles(now, [50, 99])
    }

    #[test]
    fn every_length_lies_in_its_bucket_and_no_bucket_is_wide() {
        let mut micros = 4;
        while micros < 100_000_000 {
            let took = Duration::from_micros(micros);
            let end = upper_end(bucket_of(took));
            assert!(took < end && end <= took * 5 / 4 + Duration::from_micros(1), "{took:?}");
            micros += micros / 7 + 1;
        }
        assert_eq!(bucket_of(Duration::MAX), BUCKETS - 1);
    }

    #[test]
    fn quantiles_are_those_of_the_last_minute() {
        let latencies = Latencies::default();
        assert_eq!(percentiles(&latencies, 0), [None, None]);
        (0..98).for_each(|i| latencies.count(i / 3, MILLI));
        (0..2).for_each(|_| latencies.count(32, MILLI * 500));
        let [p50, p99] = percentiles(&latencies, 33).map(|p| p.expect("there were calls"));
        assert!(p50 >= MILLI && p50 <= MILLI * 5 / 4, "{p50:?}");
        assert!(p99 >= MILLI * 500 && p99 <= MILLI * 625, "{p99:?}");
        assert_eq!(percentiles(&latencies, 200), [None, None], "that was long ago");
    }

    #[test]
    fn a_window_is_cleared_when_its_turn_comes_again() {
        let latencies = Latencies::default();
        (0..10).for_each(|_| latencies.count(5, MILLI * 500));
        latencies.count(5 + WINDOW * SLOTS as u64, MILLI);
        let [p50, p99] = percentiles(&latencies, 5 + WINDOW * SLOTS as u64);
        assert_eq!(p50, p99, "the one call");
        assert!(p99.expect("there was one") < MILLI * 2);
    }
}
