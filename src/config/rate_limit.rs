use std::num::NonZeroU32;

use super::{Problems, section::Section};

/// More than any service answers.
const MOST: i64 = 1_000_000;

/// How much one tenant may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    /// Requests a second that a tenant may make all the time.
    pub per_second: NonZeroU32,
    /// Requests that it may make at once after it was quiet.
    pub burst: NonZeroU32,
}

impl RateLimit {
    pub(super) fn read(section: &mut Section<'_>, problems: &mut Problems) -> Option<Self> {
        if !section.has("per_second") {
            problems.add(section.path("per_second"), "is missing; write for example 100");
        }
        let mut count = |key| {
            let count = section.int(key, 1..=MOST, problems);
            count.and_then(|n| u32::try_from(n).ok()).and_then(NonZeroU32::new)
        };
        let (per_second, burst) = (count("per_second"), count("burst"));
        per_second.map(|per_second| Self { per_second, burst: burst.unwrap_or(per_second) })
    }
}
