use std::time::Duration;

use super::{Problems, section::Section};

/// What the service tells of its own work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TelemetrySettings {
    /// Whether requests and calls are counted and timed.
    pub metrics: bool,
    /// Whether there are spans, which put a request's id on each of its log lines.
    pub tracing: bool,
    /// How long a statement may take before it is logged as slow.
    pub slow_query: Duration,
}

impl Default for TelemetrySettings {
    fn default() -> Self {
        Self { metrics: true, tracing: true, slow_query: Duration::from_millis(250) }
    }
}

impl TelemetrySettings {
    pub(super) fn read(section: &mut Section<'_>, problems: &mut Problems) -> Self {
        let default = Self::default();
        Self {
            metrics: section.flag("metrics", problems).unwrap_or(default.metrics),
            tracing: section.flag("tracing", problems).unwrap_or(default.tracing),
            slow_query: section.duration("slow_query", problems).unwrap_or(default.slow_query),
        }
    }
}
