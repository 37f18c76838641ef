use std::{
    fs,
    path::{Path, PathBuf},
    sync::Arc,
};

use diesel::{
    connection::Connection,
    migration::{Migration, MigrationSource, Result},
};
use diesel_migrations::FileBasedMigrations;

type Migrations<C> = Vec<Box<dyn Migration<<C as Connection>::Backend>>>;
type Load<C> = dyn Fn(&C) -> Result<Migrations<C>> + Send + Sync;
type Show<C> = dyn Fn(&C, &str) -> Option<Sql> + Send + Sync;

/// Where a connection's migrations come from: embedded, a directory, anything
/// Diesel has a source for.
///
/// # Examples
/// ```
/// use diesel::SqliteConnection;
/// use diesel::migration::MigrationSource;
/// use diesel_migrations::{EmbeddedMigrations, embed_migrations};
/// use shardwright::ops::migrate::Source;
///
/// const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
/// let embedded: Source<SqliteConnection> = Source::new(|_| MIGRATIONS.migrations());
/// let directory: Source<SqliteConnection> = Source::directory("migrations/sqlite");
/// ```
pub struct Source<C: Connection> {
    load: Arc<Load<C>>,
    sql: Arc<Show<C>>,
}

/// A migration's text, for showing what would run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sql {
    /// What applies it.
    pub up: String,
    /// What takes it back, if it can be.
    pub down: Option<String>,
}

impl<C: Connection> Source<C> {
    /// Migrations by a function, which may look at the connection for its backend.
    pub fn new(load: impl Fn(&C) -> Result<Migrations<C>> + Send + Sync + 'static) -> Self {
        Self { load: Arc::new(load), sql: Arc::new(|_, _| None) }
    }

    /// The migrations in a directory, laid out as Diesel's command line does it.
    pub fn directory(path: impl Into<PathBuf>) -> Self {
        let path: PathBuf = path.into();
        let texts = path.clone();
        Self::new(move |_| FileBasedMigrations::from_path(&path)?.migrations())
            .with_sql(move |_, name| Sql::read(&texts.join(name)))
    }

    /// The same with a way to a migration's text by its name; Diesel's own
    /// sources can run a migration and not show it.
    #[must_use]
    pub fn with_sql(self, sql: impl Fn(&C, &str) -> Option<Sql> + Send + Sync + 'static) -> Self {
        Self { sql: Arc::new(sql), ..self }
    }

    /// The migrations, in order of version. No two of one version: once the first
    /// is applied, the second would seem to be.
    pub(super) fn load(&self, conn: &C) -> Result<Migrations<C>> {
        let mut migrations = (self.load)(conn)?;
        migrations.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
        let twins =
            migrations.array_windows().find(|[a, b]| a.name().version() == b.name().version());
        if let Some([a, b]) = twins {
            let (a, b) = (a.name(), b.name());
            return Err(format!("{a} and {b} have the same version; rename one of them").into());
        }
        Ok(migrations)
    }

    pub(super) fn sql(&self, conn: &C, name: &str) -> Option<Sql> {
        (self.sql)(conn, name)
    }
}

impl Sql {
    /// The text of the migration in this folder.
    #[must_use]
    pub fn read(folder: &Path) -> Option<Self> {
        let up = fs::read_to_string(folder.join("up.sql")).ok()?;
        Some(Self { up, down: fs::read_to_string(folder.join("down.sql")).ok() })
    }
}

impl<C: Connection> Clone for Source<C> {
    fn clone(&self) -> Self {
        Self { load: Arc::clone(&self.load), sql: Arc::clone(&self.sql) }
    }
}

impl<C: Connection> std::fmt::Debug for Source<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Source").finish_non_exhaustive()
    }
}
