use diesel::result::{DatabaseErrorKind, Error};

/// What kind of failure a query's error is: whose fault, and whether asking
/// again can help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fault {
    /// The connection is gone. Whether the statement took effect is unknown.
    Connection,
    /// The server ended the statement because it took too long.
    StatementTimeout,
    /// Someone else was in the way (a lock, a deadlock, a serialization
    /// failure); nothing happened, and asking again may work.
    Contention,
    /// The schema was changed under a prepared statement. Nothing happened; the
    /// connection is done with, and a fresh one will do.
    StalePlan,
    /// The database takes no writes at present: a standby, or its disk is full.
    ReadOnly,
    /// The statement itself failed: a violated constraint, a missing table, bad SQL.
    Statement,
}

impl Fault {
    /// Sorts an error. Diesel names few of Postgres's conditions, so some are
    /// known by the server's message alone; sessions run with English messages
    /// or fall into [`Fault::Statement`].
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error {
            Error::DatabaseError(kind, information) => Self::of_kind(kind, information.message()),
            Error::BrokenTransactionManager => Self::Connection,
            Error::RollbackErrorOnCommit { commit_error, .. } => Self::of(commit_error),
            _ => Self::Statement,
        }
    }

    fn of_kind(kind: &DatabaseErrorKind, message: &str) -> Self {
        let says = |any: &[&str]| any.iter().any(|words| message.contains(words));
        match kind {
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                Self::Connection
            }
            DatabaseErrorKind::SerializationFailure => Self::Contention,
            DatabaseErrorKind::ReadOnlyTransaction => Self::ReadOnly,
            _ if says(&["cached plan must not change"]) => Self::StalePlan,
            _ if says(&["statement timeout", "user request"]) => Self::StatementTimeout,
            _ if says(&[
                "deadlock detected",
                "lock timeout",
                "database is locked",
                "is locked",
            ]) =>
            {
                Self::Contention
            }
            _ if says(&["readonly database", "read-only", "disk is full", "No space left"]) => {
                Self::ReadOnly
            }
            _ if says(&[
                "terminating connection",
                "server closed the connection",
                "connection to server",
                "no connection to the server",
                "could not receive data from server",
                "idle-in-transaction timeout",
            ]) =>
            {
                Self::Connection
            }
            _ => Self::Statement,
        }
    }
}
