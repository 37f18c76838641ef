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
        match kind {
            DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand => {
                Self::Connection
            }
            DatabaseErrorKind::SerializationFailure => Self::Contention,
            DatabaseErrorKind::ReadOnlyTransaction => Self::ReadOnly,
            DatabaseErrorKind::UniqueViolation
            | DatabaseErrorKind::ForeignKeyViolation
            | DatabaseErrorKind::NotNullViolation
            | DatabaseErrorKind::CheckViolation => Self::Statement,
            _ => Self::of_message(message),
        }
    }

    /// Sorts an error by the database's words alone.
    #[must_use]
    pub fn of_message(message: &str) -> Self {
        let known = WORDS.iter().find(|(words, _)| message.contains(words));
        known.map_or(Self::Statement, |(_, fault)| *fault)
    }
}

/// The conditions that Diesel has no kind for.
const WORDS: [(&str, Fault); 16] = [
    ("cached plan must not change", Fault::StalePlan),
    ("statement timeout", Fault::StatementTimeout),
    ("user request", Fault::StatementTimeout),
    ("deadlock detected", Fault::Contention),
    ("lock timeout", Fault::Contention),
    ("is locked", Fault::Contention),
    ("readonly database", Fault::ReadOnly),
    ("read-only", Fault::ReadOnly),
    ("disk is full", Fault::ReadOnly),
    ("No space left", Fault::ReadOnly),
    ("terminating connection", Fault::Connection),
    ("server closed the connection", Fault::Connection),
    ("connection to server", Fault::Connection),
    ("no connection to the server", Fault::Connection),
    ("could not receive data from server", Fault::Connection),
    ("idle-in-transaction timeout", Fault::Connection),
];
