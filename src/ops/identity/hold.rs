use std::fs::File;

/// How a database is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum HoldMode {
    /// By any number at a time: whoever serves from it, or changes its schema.
    Shared,
    /// By one alone: whoever changes where rows are, or whose they are.
    Exclusive,
}

/// A database held: as long as a service serves from it nobody can move its rows,
/// and as long as they are being moved nobody serves from it.
///
/// On Postgres a session advisory lock, which goes with the connection; on SQLite
/// a lock on the file `<database>.hold`, which goes with this value. Neither
/// outlives the process. Each connection of a service has one of its own, so that
/// none is without it, whatever happens to the others.
#[derive(Debug)]
pub enum Hold {
    /// Of the connection it was taken on.
    Session,
    /// Of the file beside the database.
    File(File),
}

/// The Postgres advisory lock's key: eight letters in ASCII, so that anyone who
/// meets it in `pg_locks` can tell whose it is.
#[cfg(feature = "postgres")]
pub(super) const KEY: i64 = i64::from_be_bytes(*b"shrdhold");
