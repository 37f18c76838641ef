use diesel::{connection::Connection, migration::Migration};

use super::{Direction, Migrate, MigrateError, Source, Task};
use crate::key::ShardId;

/// What a rollout would do to one shard.
#[derive(Debug)]
pub struct ShardPlan {
    /// The shard.
    pub shard: ShardId,
    /// The steps, in order; or why they can't be told.
    pub steps: Result<Vec<Plan>, MigrateError>,
}

/// A step that would be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The migration's version.
    pub version: String,
    /// Its directory's name.
    pub name: String,
    /// Which way it would go.
    pub direction: Direction,
    /// Whether it would run in a transaction.
    pub in_transaction: bool,
    /// What would run, if the source can show it.
    pub sql: Option<String>,
}

type Planned<C> = (Direction, Box<dyn Migration<<C as Connection>::Backend>>);

/// The steps a task takes on this database as it stands. Changes nothing.
pub(super) fn of<C: Migrate>(
    conn: &mut C,
    source: &Source<C>,
    task: Task,
) -> Result<Vec<Planned<C>>, MigrateError> {
    let history = conn.history().map_err(MigrateError::History)?;
    let known = || source.load(conn).map_err(MigrateError::Source);
    let applied = |version: &str| history.iter().any(|applied| applied.version == version);
    match task {
        Task::Run => {
            let mut steps = known()?;
            steps.retain(|migration| !applied(&migration.name().version().to_string()));
            Ok(steps.into_iter().map(|migration| (Direction::Up, migration)).collect())
        }
        Task::Revert(count) | Task::Redo(count) => {
            let mut rest = known()?;
            let mut steps = Vec::new();
            for newest in history.iter().rev().take(count.limit()) {
                let at = rest
                    .iter()
                    .position(|migration| migration.name().version().to_string() == newest.version)
                    .ok_or_else(|| MigrateError::Ahead { version: newest.version.clone() })?;
                steps.push((Direction::Down, rest.remove(at)));
            }
            if matches!(task, Task::Redo(_)) {
                let again: Vec<String> = steps.iter().map(|(_, m)| m.name().to_string()).collect();
                let mut up = known()?;
                up.retain(|migration| again.contains(&migration.name().to_string()));
                steps.extend(up.into_iter().map(|migration| (Direction::Up, migration)));
            }
            Ok(steps)
        }
    }
}

/// The same, to be shown.
pub(super) fn shown<C: Migrate>(
    conn: &mut C,
    source: &Source<C>,
    task: Task,
) -> Result<Vec<Plan>, MigrateError> {
    let planned = of(conn, source, task)?;
    let show = |(direction, migration): Planned<C>| {
        let name = migration.name().to_string();
        let sql = source.sql(conn, &name).and_then(|sql| match direction {
            Direction::Up => Some(sql.up),
            Direction::Down => sql.down,
        });
        Plan {
            version: migration.name().version().to_string(),
            in_transaction: migration.metadata().run_in_transaction(),
            name,
            direction,
            sql,
        }
    };
    Ok(planned.into_iter().map(show).collect())
}
