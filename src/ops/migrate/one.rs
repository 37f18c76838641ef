//! One shard's run, on its own connection.

use std::time::{Duration, Instant};

use diesel::{connection::Connection, migration::Migration};

use super::{Migrate, MigrateError, Migrations, Step, lock};

/// Applies what is pending, under the shard's lock. Each step goes into
/// `applied` as soon as it is done, so that a failure keeps what came before.
pub(super) fn run<C: Migrate>(
    conn: &mut C,
    migrations: &Migrations<C>,
    patience: Duration,
    applied: &mut Vec<Step>,
) -> Result<(), MigrateError> {
    // Looked at without the lock first: a shard with nothing to do waits for nobody.
    if pending(conn, migrations)?.is_empty() {
        return Ok(());
    }
    let _lock = lock::wait(conn, patience)?;
    // Diesel makes its table on the way; only now may it.
    conn.applied_migrations().map_err(MigrateError::Source)?;
    for migration in pending(conn, migrations)? {
        let began = Instant::now();
        let name = migration.name().to_string();
        conn.run_migration(migration.as_ref())
            .map_err(|source| MigrateError::Failed { name: name.clone(), source })?;
        let version = migration.name().version().to_string();
        applied.push(Step { version, name, took: began.elapsed() });
    }
    Ok(())
}

type AnyMigration<C> = Box<dyn Migration<<C as Connection>::Backend>>;

/// The migrations the binary knows and the shard has not had, in order.
pub(super) fn pending<C: Migrate>(
    conn: &mut C,
    migrations: &Migrations<C>,
) -> Result<Vec<AnyMigration<C>>, MigrateError> {
    let mut known = migrations(conn).map_err(MigrateError::Source)?;
    let history = conn.history().map_err(MigrateError::History)?;
    known.retain(|migration| {
        let version = migration.name().version().to_string();
        !history.iter().any(|applied| applied.version == version)
    });
    known.sort_by(|a, b| a.name().version().cmp(&b.name().version()));
    Ok(known)
}
