use std::fmt;

/// The kinds of database a shard can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Backend {
    /// A PostgreSQL server.
    Postgres,
    /// An embedded SQLite file.
    Sqlite,
}

impl Backend {
    /// Whether this program was built to reach databases of that kind: the crate's
    /// features `postgres` and `sqlite`.
    #[must_use]
    pub const fn is_built_in(self) -> bool {
        match self {
            Self::Postgres => cfg!(feature = "postgres"),
            Self::Sqlite => cfg!(feature = "sqlite"),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Postgres => "postgres",
            Self::Sqlite => "sqlite",
        })
    }
}
