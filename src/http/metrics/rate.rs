use std::{
    array,
    sync::atomic::{AtomicU64, Ordering},
};

/// Over how many seconds the rate is taken.
pub(super) const SECONDS: u64 = 10;
/// More than are looked at, so that the one being filled is none of them.
const SLOTS: usize = 16;

/// Counts by the second, for the last few: without a lock, and without anyone who
/// clears up. The seconds are whoever counts' own, from 0.
#[derive(Debug)]
pub(super) struct Rate {
    /// The second in the upper half, its count in the lower.
    slots: [AtomicU64; SLOTS],
}

impl Default for Rate {
    fn default() -> Self {
        Self { slots: array::from_fn(|_| AtomicU64::new(0)) }
    }
}

impl Rate {
    pub(super) fn count(&self, second: u64) {
        let next = |seen: u64| {
            let count = if seen >> 32 == second { (seen & u64::from(u32::MAX)) + 1 } else { 1 };
            // An older second than the slot's comes late, and is not worth having.
            (seen >> 32 <= second).then_some((second << 32) | count)
        };
        let slot = &self.slots[slot_of(second)];
        let mut seen = slot.load(Ordering::Relaxed);
        while let Some(counted) = next(seen) {
            match slot.compare_exchange_weak(seen, counted, Ordering::Relaxed, Ordering::Relaxed) {
                Ok(_) => return,
                Err(other) => seen = other,
            }
        }
    }

    /// How many a second, over the last whole ones; `now` is the one under way.
    pub(super) fn per_second(&self, now: u64) -> f64 {
        let first = now.saturating_sub(SECONDS);
        let in_second = |second: u64| {
            let slot = self.slots[slot_of(second)].load(Ordering::Relaxed);
            if slot >> 32 == second { slot & u64::from(u32::MAX) } else { 0 }
        };
        let sum: u64 = (first..now).map(in_second).sum();
        let seconds = (now - first).max(1);
        #[expect(clippy::cast_precision_loss, reason = "a count of some seconds")]
        let rate = sum as f64 / seconds as f64;
        rate
    }
}

fn slot_of(second: u64) -> usize {
    usize::try_from(second % SLOTS as u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_mean_of_the_last_whole_seconds() {
        let rate = Rate::default();
        (0..100).for_each(|_| rate.count(100));
        assert!(rate.per_second(100).abs() < 1e-9, "that second is not over");
        assert!((rate.per_second(101) - 10.0).abs() < 1e-9);
        assert!((rate.per_second(110) - 10.0).abs() < 1e-9);
        assert!(rate.per_second(111).abs() < 1e-9, "that is too long ago");
    }

    #[test]
    fn a_service_just_started_is_not_divided_by_seconds_it_was_not_there() {
        let rate = Rate::default();
        (0..6).for_each(|_| rate.count(1));
        assert!((rate.per_second(2) - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_slot_is_used_again_and_what_comes_too_late_does_not_spoil_it() {
        let rate = Rate::default();
        rate.count(3);
        rate.count(3 + SLOTS as u64);
        rate.count(3);
        assert!((rate.per_second(4 + SLOTS as u64) - 0.1).abs() < 1e-9);
    }
}
