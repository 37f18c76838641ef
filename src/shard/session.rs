use std::time::Duration;

use crate::config::PoolSettings;

/// What is set on a connection once, when it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// How long opening may take; also how long sent data may stay unacknowledged.
    pub connect_timeout: Duration,
    /// How long one statement may run before the server ends it; `None` for no end.
    pub statement_timeout: Option<Duration>,
}

impl Session {
    /// For a pooled connection that serves requests.
    #[must_use]
    pub fn serving(pool: &PoolSettings) -> Self {
        Self {
            connect_timeout: pool.connect_timeout,
            statement_timeout: Some(pool.statement_timeout),
        }
    }

    /// For an operator's connection, whose statements may take as long as they need.
    #[must_use]
    pub fn operating(pool: &PoolSettings) -> Self {
        Self { connect_timeout: pool.connect_timeout, statement_timeout: None }
    }
}
