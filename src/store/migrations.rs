//! The service's migrations, embedded: the same versions and names for both
//! backends.

use std::path::PathBuf;

use diesel::migration::MigrationSource;
use diesel_migrations::{EmbeddedMigrations, FileBasedMigrations, embed_migrations};

use crate::{
    config::Backend,
    ops::migrate::{Source, Sql},
    shard::ShardConnection,
};

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// Their text, which Diesel's own embedding can run and not show.
struct Text {
    backend: Backend,
    name: &'static str,
    up: &'static str,
    down: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/migrations.rs"));

/// The migrations for whichever backend a connection is of.
#[must_use]
pub fn source() -> Source<ShardConnection> {
    Source::new(|conn: &ShardConnection| match backend(conn) {
        Backend::Postgres => POSTGRES.migrations(),
        Backend::Sqlite => SQLITE.migrations(),
    })
    .with_sql(|conn, name| {
        let backend = backend(conn);
        let text = TEXTS.iter().find(|text| text.backend == backend && text.name == name)?;
        Some(Sql { up: text.up.to_owned(), down: Some(text.down.to_owned()) })
    })
}

/// The migrations in a folder's `postgres` or `sqlite`, for whichever backend a
/// connection is of.
#[must_use]
pub fn directory(folder: PathBuf) -> Source<ShardConnection> {
    let of = move |conn: &ShardConnection| folder.join(backend(conn).to_string());
    let texts = of.clone();
    Source::new(move |conn| FileBasedMigrations::from_path(of(conn))?.migrations())
        .with_sql(move |conn, name| Sql::read(&texts(conn).join(name)))
}

fn backend(conn: &ShardConnection) -> Backend {
    match conn {
        ShardConnection::Postgres(_) => Backend::Postgres,
        ShardConnection::Sqlite(_) => Backend::Sqlite,
    }
}
