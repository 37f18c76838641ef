use thiserror::Error;

/// A URL that names no database we can open. Says nothing of the URL itself,
/// which may hold a password.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum UrlError {
    /// The scheme is missing or not one of ours.
    #[error("expected a URL that begins with postgres:// or sqlite://")]
    Scheme,
    /// A database in memory would be another one on each connection of a pool.
    #[error(
        "an in-memory database can't be a shard, since each pooled connection would see \
         one of its own; name a file, such as sqlite://data/shard-0.db"
    )]
    InMemory,
    /// `sqlite://` and nothing behind it.
    #[error("sqlite:// names no file; write for example sqlite://data/shard-0.db")]
    NoFile,
    /// SQLite URLs take no parameters here.
    #[error("a sqlite URL takes no `?` parameters; the right settings are made for you")]
    SqliteParameters,
    /// libpq would not understand it.
    #[error("not a Postgres URL: {0}; write postgres://user:password@host:5432/database")]
    Postgres(&'static str),
    /// It can't hold a NUL byte.
    #[error("a URL can't hold a NUL byte")]
    Nul,
}
