use std::{
    fmt,
    hash::{BuildHasher, RandomState},
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use governor::{
    Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    middleware::NoOpMiddleware,
    state::keyed::DashMapStateStore,
};

use crate::config::RateLimit;

/// After so many requests, tenants that were quiet long enough are forgotten.
const SWEEP: u64 = 4096;

/// How much each tenant has asked for lately.
///
/// Tenants stand in it as numbers that nobody can guess: two have the same once
/// in 2^64, and a stranger can't fill the memory with long names.
pub(super) struct Limiter<C: Clock = DefaultClock> {
    tenants: RateLimiter<u64, DashMapStateStore<u64>, C, NoOpMiddleware<C::Instant>>,
    clock: C,
    hasher: RandomState,
    checks: AtomicU64,
}

impl Limiter {
    pub(super) fn new(limit: RateLimit) -> Self {
        Self::with_clock(limit, DefaultClock::default())
    }
}

impl<C: Clock + Clone> Limiter<C> {
    fn with_clock(limit: RateLimit, clock: C) -> Self {
        let quota = Quota::per_second(limit.per_second).allow_burst(limit.burst);
        Self {
            tenants: RateLimiter::dashmap_with_clock(quota, clock.clone()),
            clock,
            hasher: RandomState::new(),
            checks: AtomicU64::new(0),
        }
    }

    /// Counts one request of a tenant's.
    ///
    /// # Errors
    /// How long the tenant has to wait if it was one too many.
    pub(super) fn check(&self, tenant: &str) -> Result<(), Duration> {
        if self.checks.fetch_add(1, Ordering::Relaxed) % SWEEP == SWEEP - 1 {
            self.tenants.retain_recent();
            self.tenants.shrink_to_fit();
        }
        let checked = self.tenants.check_key(&self.hasher.hash_one(tenant));
        checked.map_err(|not_until| not_until.wait_time_from(self.clock.now()))
    }
}

impl<C: Clock> fmt::Debug for Limiter<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Limiter").field("tenants", &self.tenants.len()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use governor::clock::FakeRelativeClock;

    use super::*;

    fn limiter(per_second: u32, burst: u32) -> (Limiter<FakeRelativeClock>, FakeRelativeClock) {
        let clock = FakeRelativeClock::default();
        let of = |n| NonZeroU32::new(n).expect("not zero");
        let limit = RateLimit { per_second: of(per_second), burst: of(burst) };
        (Limiter::with_clock(limit, clock.clone()), clock)
    }

    #[test]
    fn a_tenant_has_its_burst_and_then_its_rate() {
        let (limiter, clock) = limiter(2, 3);
        for _ in 0..3 {
            assert_eq!(limiter.check("acme"), Ok(()));
        }
        assert_eq!(limiter.check("acme"), Err(Duration::from_millis(500)));
        assert_eq!(limiter.check("other"), Ok(()), "another tenant's is another's");
        clock.advance(Duration::from_millis(400));
        assert_eq!(limiter.check("acme"), Err(Duration::from_millis(100)));
        clock.advance(Duration::from_millis(100));
        assert_eq!(limiter.check("acme"), Ok(()));
        assert!(limiter.check("acme").is_err());
    }

    #[test]
    fn tenants_that_were_quiet_are_forgotten() {
        let (limiter, clock) = limiter(10, 10);
        for i in 0..3 * SWEEP {
            limiter.check(&format!("tenant-{i}")).expect("its first request");
            clock.advance(Duration::from_millis(1));
        }
        let kept = limiter.tenants.len() as u64;
        assert!(kept <= SWEEP + 1000, "{kept} of {}", 3 * SWEEP);
    }
}
