use std::fmt;

use diesel::result::{DatabaseErrorKind, Error as QueryError};

use super::{Fault, ShardError, Trouble, Wait};

/// The class of a failed call, to be counted by: a short list whatever the
/// databases say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// No turn came within `acquire_timeout`.
    Busy,
    /// The deadline passed while it waited for its turn.
    PermitTimeout,
    /// The deadline passed while it waited for a connection.
    ConnectionTimeout,
    /// The deadline passed, or the server's limit, while its statement ran.
    StatementTimeout,
    /// The breaker was open.
    BreakerOpen,
    /// Nobody takes connections there.
    Unreachable,
    /// The server does not answer.
    Silent,
    /// The server has no connection to spare.
    Crowded,
    /// The server does not let us in.
    Rejected,
    /// The connection was lost under way.
    Lost,
    /// The database is not fit to serve.
    Refused,
    /// Someone else was in the way: a lock, a deadlock.
    Contention,
    /// The schema was changed under the statement.
    StalePlan,
    /// The database takes no writes.
    ReadOnly,
    /// The rows break a rule of the table's: usually the caller's mistake.
    Constraint,
    /// The statement failed, or the closure gave up.
    Statement,
    /// The service is shutting down.
    ShuttingDown,
}

impl Failure {
    /// Every class there is.
    pub const ALL: [Self; 17] = [
        Self::Busy,
        Self::PermitTimeout,
        Self::ConnectionTimeout,
        Self::StatementTimeout,
        Self::BreakerOpen,
        Self::Unreachable,
        Self::Silent,
        Self::Crowded,
        Self::Rejected,
        Self::Lost,
        Self::Refused,
        Self::Contention,
        Self::StalePlan,
        Self::ReadOnly,
        Self::Constraint,
        Self::Statement,
        Self::ShuttingDown,
    ];

    /// Whether it was refused at once, without a look at the shard: how long that took says
    /// nothing of it.
    #[must_use]
    pub fn is_immediate(self) -> bool {
        matches!(self, Self::BreakerOpen | Self::ShuttingDown)
    }

    /// Sorts an error.
    #[must_use]
    pub fn of(error: &ShardError) -> Self {
        match error {
            ShardError::Busy { .. } => Self::Busy,
            ShardError::Timeout { wait: Wait::Permit, .. } => Self::PermitTimeout,
            ShardError::Timeout { wait: Wait::Connection, .. } => Self::ConnectionTimeout,
            ShardError::Timeout { wait: Wait::Statement, .. } => Self::StatementTimeout,
            ShardError::Open { .. } => Self::BreakerOpen,
            ShardError::Connect { source, .. } => Self::of_trouble(Trouble::of(source)),
            ShardError::Silent { .. } => Self::Silent,
            ShardError::Refused { .. } => Self::Refused,
            ShardError::ShuttingDown { .. } => Self::ShuttingDown,
            ShardError::Query { source, .. } => Self::of_query(source),
        }
    }

    fn of_trouble(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Unreachable | Trouble::Missing | Trouble::Replaced => Self::Unreachable,
            Trouble::Silent => Self::Silent,
            Trouble::Crowded => Self::Crowded,
            Trouble::Rejected => Self::Rejected,
            Trouble::Lost => Self::Lost,
        }
    }

    fn of_query(error: &QueryError) -> Self {
        use DatabaseErrorKind::{
            CheckViolation, ForeignKeyViolation, NotNullViolation, UniqueViolation,
        };
        match Fault::of(error) {
            Fault::Connection => Self::Lost,
            Fault::StatementTimeout => Self::StatementTimeout,
            Fault::Contention => Self::Contention,
            Fault::StalePlan => Self::StalePlan,
            Fault::ReadOnly => Self::ReadOnly,
            Fault::Statement => match error {
                QueryError::DatabaseError(
                    UniqueViolation | ForeignKeyViolation | NotNullViolation | CheckViolation,
                    _,
                ) => Self::Constraint,
                _ => Self::Statement,
            },
        }
    }

    /// Its name, in words joined by underscores.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Busy => "busy",
            Self::PermitTimeout => "permit_timeout",
            Self::ConnectionTimeout => "connection_timeout",
            Self::StatementTimeout => "statement_timeout",
            Self::BreakerOpen => "breaker_open",
            Self::Unreachable => "unreachable",
            Self::Silent => "silent",
            Self::Crowded => "crowded",
            Self::Rejected => "rejected",
            Self::Lost => "lost",
            Self::Refused => "refused",
            Self::Contention => "contention",
            Self::StalePlan => "stale_plan",
            Self::ReadOnly => "read_only",
            Self::Constraint => "constraint",
            Self::Statement => "statement",
            Self::ShuttingDown => "shutting_down",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::ShardId;

    #[test]
    fn each_class_has_a_name_and_a_place_of_its_own() {
        for (place, class) in Failure::ALL.into_iter().enumerate() {
            assert_eq!(class as usize, place, "{class}");
            let namesakes = Failure::ALL.iter().filter(|other| other.name() == class.name());
            assert_eq!(namesakes.count(), 1, "{class}");
        }
    }

    #[test]
    fn a_broken_rule_of_the_tables_is_not_the_statements_fault() {
        let of = |kind| {
            let source = QueryError::DatabaseError(kind, Box::new("no".to_owned()));
            Failure::of(&ShardError::Query { shard: ShardId::new("a").expect("a name"), source })
        };
        assert_eq!(of(DatabaseErrorKind::UniqueViolation), Failure::Constraint);
        assert_eq!(of(DatabaseErrorKind::Unknown), Failure::Statement);
        assert_eq!(of(DatabaseErrorKind::ClosedConnection), Failure::Lost);
    }
}
