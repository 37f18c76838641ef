//! The service's migrations, embedded: the same versions and names for both
//! backends.

use diesel::migration::{Migration, MigrationSource, Result};
use diesel_migrations::{EmbeddedMigrations, embed_migrations};

use super::ShardBackend;
use crate::shard::ShardConnection;

const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");
const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");

/// The migrations for the backend this connection is of, in order of version.
///
/// # Errors
/// None in practice: the files are in the binary.
pub fn of(connection: &ShardConnection) -> Result<Vec<Box<dyn Migration<ShardBackend>>>> {
    match connection {
        ShardConnection::Postgres(_) => POSTGRES.migrations(),
        ShardConnection::Sqlite(_) => SQLITE.migrations(),
    }
}
