use super::{PoolSettings, Problems, pool::MOST, section::Section};

/// `max_total`, which may stand beside the pools' common settings or above them.
#[derive(Debug, Default)]
pub(super) struct Total(Option<(u32, String)>);

impl Total {
    /// Reads the section's, if it gives one.
    pub(super) fn read(&mut self, section: &mut Section<'_>, problems: &mut Problems) {
        let Some(found) = section.int("max_total", 1..=MOST, problems) else { return };
        let found = u32::try_from(found).unwrap_or(u32::MAX);
        let path = section.path("max_total");
        match &self.0 {
            Some((other, at)) if *other != found => {
                problems.add(path, format!("is {found}, and {at} is {other}; give one of them"));
            }
            Some(_) => {}
            None => self.0 = Some((found, path)),
        }
    }

    /// Whether every pool can have its minimum.
    pub(super) fn check<'a>(
        &self,
        pools: impl Iterator<Item = &'a PoolSettings>,
        problems: &mut Problems,
    ) {
        let Some((total, path)) = &self.0 else { return };
        let minimum: u64 = pools.map(|pool| u64::from(pool.minimum())).sum();
        if minimum > u64::from(*total) {
            problems.add(
                path,
                format!(
                    "is {total}, and the shards' minimums (min_idle, and at least 1 each) come to \
                     {minimum}; set it to at least {minimum}"
                ),
            );
        }
    }

    pub(super) fn value(&self) -> Option<u32> {
        self.0.as_ref().map(|(total, _)| *total)
    }
}
