use std::time::Duration;

use super::{Problems, section::Section};

/// The most probes in a row: with more nobody would live to see a change.
const MOST: i64 = 1_000;

/// How shards are watched, and when one counts as down or as back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthSettings {
    /// How long between two probes of a shard that is up.
    pub interval: Duration,
    /// How long a probe may take before it has failed.
    pub timeout: Duration,
    /// Failures in a row after which a shard is down.
    pub unhealthy_after: u32,
    /// Successes in a row after which it is up again.
    pub healthy_after: u32,
}

impl Default for HealthSettings {
    fn default() -> Self {
        Self {
            interval: Duration::from_secs(1),
            timeout: Duration::from_millis(500),
            unhealthy_after: 3,
            healthy_after: 1,
        }
    }
}

impl HealthSettings {
    pub(super) fn read(section: &mut Section<'_>, problems: &mut Problems) -> Self {
        let default = Self::default();
        let interval = section.duration("interval", problems).unwrap_or(default.interval);
        let timeout = section.duration("timeout", problems).unwrap_or(default.timeout);
        let mut count = |key, default| {
            let count = section.int(key, 1..=MOST, problems);
            count.and_then(|n| u32::try_from(n).ok()).unwrap_or(default)
        };
        Self {
            interval,
            timeout,
            unhealthy_after: count("unhealthy_after", default.unhealthy_after),
            healthy_after: count("healthy_after", default.healthy_after),
        }
    }
}
