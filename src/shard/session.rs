use std::time::Duration;

use super::SocketMark;
use crate::config::PoolSettings;

/// What is set on a connection once, when it is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// How long opening may take; also how long sent data may stay unacknowledged.
    pub connect_timeout: Duration,
    /// How long one statement may run before the server ends it; `None` for no end.
    pub statement_timeout: Option<Duration>,
    /// What a database is that is not there.
    pub absent: Absent,
    /// Whether it leaves the database as it is.
    pub purpose: Purpose,
    /// What its socket shall be found by, for those who must be able to cut it off.
    pub mark: Option<SocketMark>,
}

/// What an embedded database is whose file is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Absent {
    /// It is made.
    Create,
    /// It is taken for an empty one and left alone.
    Empty,
    /// It is missing, and can't be opened.
    Missing,
}

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// It reads and writes, and settles how the database is to be run.
    Work,
    /// It looks, and leaves the database as it is.
    Look,
}

impl Session {
    /// For a pooled connection that serves requests.
    #[must_use]
    pub fn serving(pool: &PoolSettings) -> Self {
        Self {
            connect_timeout: pool.connect_timeout,
            statement_timeout: Some(pool.statement_timeout),
            absent: Absent::Create,
            purpose: Purpose::Work,
            mark: None,
        }
    }

    /// The same session, in which no statement outlives a request's deadline.
    #[must_use]
    pub fn ending_by(mut self, deadline: Duration) -> Self {
        let limit = Self::limit_within(deadline);
        self.statement_timeout = self.statement_timeout.map(|own| own.min(limit));
        self
    }

    /// How long a statement may take on the server that must be over, answer
    /// and all, in the time that is left: a little less. Else it would be cut off
    /// here a moment before the server ends it, and its connection with it.
    pub(super) fn limit_within(left: Duration) -> Duration {
        left * 19 / 20
    }

    /// For an operator's connection, whose statements may take as long as they need.
    #[must_use]
    pub fn operating(pool: &PoolSettings) -> Self {
        Self {
            connect_timeout: pool.connect_timeout,
            statement_timeout: None,
            absent: Absent::Create,
            purpose: Purpose::Work,
            mark: None,
        }
    }

    /// For an operator who only looks, and must leave the database as it is.
    #[must_use]
    pub fn looking(pool: &PoolSettings) -> Self {
        Self { absent: Absent::Empty, purpose: Purpose::Look, ..Self::serving(pool) }
    }

    /// For one who only looks at a database that must be there.
    #[must_use]
    pub fn examining(pool: &PoolSettings) -> Self {
        Self { absent: Absent::Missing, ..Self::looking(pool) }
    }

    /// The same for one who reads whole tables, which takes as long as it takes.
    #[must_use]
    pub fn surveying(pool: &PoolSettings) -> Self {
        Self { statement_timeout: None, ..Self::looking(pool) }
    }
}
