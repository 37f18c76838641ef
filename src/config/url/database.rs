use std::{
    fmt,
    path::{Component, Path, PathBuf},
};

use super::{Backend, PostgresUrl, UrlError};

/// The address of a shard's database. `Debug` and `Display` hide its password.
#[derive(Clone, PartialEq, Eq)]
pub enum DatabaseUrl {
    /// `postgres://user:password@host/database?parameter=value`
    Postgres(PostgresUrl),
    /// `sqlite://relative/file.db` or `sqlite:///absolute/file.db`
    Sqlite(PathBuf),
}

impl DatabaseUrl {
    /// Reads a URL.
    ///
    /// # Errors
    /// [`UrlError`] says what is wrong without repeating the URL.
    ///
    /// # Examples
    /// ```
    /// use shardwright::config::DatabaseUrl;
    ///
    /// let url = DatabaseUrl::parse("postgres://me:secret@localhost/app")?;
    /// assert_eq!(url.to_string(), "postgres://me:***@localhost/app");
    /// assert!(DatabaseUrl::parse("mysql://localhost/app").is_err());
    /// # Ok::<(), shardwright::config::UrlError>(())
    /// ```
    pub fn parse(url: &str) -> Result<Self, UrlError> {
        if url.contains('\0') {
            return Err(UrlError::Nul);
        }
        match url.split_once(':') {
            Some(("postgres" | "postgresql", _)) => PostgresUrl::parse(url).map(Self::Postgres),
            Some(("sqlite", rest)) => sqlite_file(rest).map(Self::Sqlite),
            _ => Err(UrlError::Scheme),
        }
    }

    /// Which kind of database it names.
    #[must_use]
    pub fn backend(&self) -> Backend {
        match self {
            Self::Postgres(_) => Backend::Postgres,
            Self::Sqlite(_) => Backend::Sqlite,
        }
    }

    /// Whether both lead to one database, as far as the text alone can tell.
    #[must_use]
    pub fn same_database(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Postgres(a), Self::Postgres(b)) => a.address() == b.address(),
            (Self::Sqlite(a), Self::Sqlite(b)) => absolute(a) == absolute(b),
            _ => false,
        }
    }
}

fn sqlite_file(rest: &str) -> Result<PathBuf, UrlError> {
    let file = rest.strip_prefix("//").unwrap_or(rest);
    match file {
        "" | "/" => Err(UrlError::NoFile),
        _ if file.contains(":memory:") => Err(UrlError::InMemory),
        _ if file.contains('?') => Err(UrlError::SqliteParameters),
        _ => Ok(PathBuf::from(file)),
    }
}

/// The path from the root, without `.`, `..` and doubled slashes. Links are not
/// followed: reading a configuration touches no file.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    path.components().fold(PathBuf::new(), |mut folded, component| {
        match component {
            Component::ParentDir => {
                folded.pop();
            }
            other => folded.push(other),
        }
        folded
    })
}

impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Postgres(url) => url.fmt(f),
            Self::Sqlite(file) => write!(f, "sqlite://{}", file.display()),
        }
    }
}

impl fmt::Debug for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_files_are_told_apart_from_what_cannot_be_a_shard() {
        let file = |url| DatabaseUrl::parse(url);
        assert_eq!(file("sqlite://data/a.db"), Ok(DatabaseUrl::Sqlite("data/a.db".into())));
        assert_eq!(file("sqlite:///var/a.db"), Ok(DatabaseUrl::Sqlite("/var/a.db".into())));
        assert_eq!(file("sqlite:a.db"), Ok(DatabaseUrl::Sqlite("a.db".into())));
        assert_eq!(file("sqlite::memory:"), Err(UrlError::InMemory));
        assert_eq!(file("sqlite://"), Err(UrlError::NoFile));
        assert_eq!(file("sqlite://a.db?mode=ro"), Err(UrlError::SqliteParameters));
        assert_eq!(file("data/a.db"), Err(UrlError::Scheme));
    }

    #[test]
    fn one_file_under_two_spellings_is_one_database() {
        let parse = |url| DatabaseUrl::parse(url).expect("a good URL");
        assert!(parse("sqlite://a.db").same_database(&parse("sqlite://./b/../a.db")));
        assert!(!parse("sqlite://a.db").same_database(&parse("sqlite://b.db")));
        assert!(
            parse("postgres://a@h/x")
                .same_database(&parse("postgres://b:pw@h:5432/x?sslmode=disable"))
        );
        assert!(!parse("postgres://a@h/x").same_database(&parse("postgres://a@h/y")));
    }
}
