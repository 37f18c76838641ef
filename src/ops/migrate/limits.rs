use std::time::Duration;

use diesel::{QueryResult, connection::SimpleConnection};

/// How long schema changes may wait and run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DdlLimits {
    /// How long a statement may wait for a lock. While it waits, everything
    /// that comes after it on that table waits too, so this stays short and the
    /// migration is tried again instead. `None` waits for ever.
    pub lock_timeout: Option<Duration>,
    /// How long a statement may run; `None`, the default, as long as it needs.
    pub statement_timeout: Option<Duration>,
    /// How often a migration that timed out on a lock is tried again, waiting
    /// longer each time.
    pub retries: u32,
}

impl Default for DdlLimits {
    fn default() -> Self {
        Self { lock_timeout: Some(Duration::from_secs(2)), statement_timeout: None, retries: 10 }
    }
}

impl DdlLimits {
    /// The wait before the next try: half a second, doubling, at most eight.
    #[must_use]
    pub fn back_off(tried: u32) -> Duration {
        Duration::from_millis(500 << tried.saturating_sub(1).min(4))
    }

    /// A `CREATE INDEX CONCURRENTLY` holds up nobody while it waits, and ended
    /// half way it leaves an invalid index: to it the lock time-out does not apply.
    #[cfg(feature = "postgres")]
    pub(super) fn on_postgres(
        &self,
        conn: &mut impl SimpleConnection,
        concurrently: bool,
    ) -> QueryResult<()> {
        let millis = |limit: Option<Duration>| limit.map_or(0, |limit| limit.as_millis());
        let lock = millis(self.lock_timeout.filter(|_| !concurrently));
        conn.batch_execute(&format!(
            "SET lock_timeout = {lock}; SET statement_timeout = {};",
            millis(self.statement_timeout)
        ))
    }

    /// SQLite knows one lock, the database's, and no statement time-out. Foreign
    /// keys are not kept meanwhile: where they are, to drop a table is to delete its
    /// rows first and what refers to them, so none could be rebuilt
    /// (<https://sqlite.org/lang_altertable.html#otheralter>).
    #[cfg(feature = "sqlite")]
    pub(super) fn on_sqlite(&self, conn: &mut impl SimpleConnection) -> QueryResult<()> {
        let patience = self.lock_timeout.unwrap_or(Duration::from_secs(24 * 60 * 60));
        conn.batch_execute(&format!(
            "PRAGMA busy_timeout = {}; PRAGMA foreign_keys = OFF;",
            patience.as_millis()
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_back_off_doubles_up_to_eight_seconds() {
        let waits: Vec<_> = (1..=7).map(|tried| DdlLimits::back_off(tried).as_millis()).collect();
        assert_eq!(waits, [500, 1000, 2000, 4000, 8000, 8000, 8000]);
    }
}
