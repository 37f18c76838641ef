//! `migration`: Diesel's words, over all shards.

pub(super) mod args;
mod drift;
mod generate;
mod list;
mod pending;
mod plan;
mod progress;
mod report;
mod rollout;

use std::path::PathBuf;

use args::Migration;
use figment::Figment;

use super::{Outcome, block_on, output::Output, service};
use crate::{
    ops::migrate::{Count, Migrator, Options, Task},
    store::migrations,
};

pub(super) fn run(
    command: Migration,
    folder: Option<PathBuf>,
    figment: &Figment,
    output: &Output,
) -> anyhow::Result<Outcome> {
    if let Migration::Generate { name } = command {
        return generate::run(&name, &folder.unwrap_or_else(|| "migrations".into()), output);
    }
    let service = service(figment)?;
    let migrator = match folder {
        Some(folder) => Migrator::new(service.db().clone(), migrations::directory(folder)),
        None => service.migrator(),
    };
    block_on(async {
        match command {
            Migration::Run(args) => rollout::run(&migrator, Task::Run, &args, output).await,
            Migration::Revert(args) => {
                let task = Task::Revert(args.which.count(Count::Newest(1)));
                rollout::run(&migrator, task, &args.rollout, output).await
            }
            Migration::Redo(args) => {
                let task = Task::Redo(args.which.count(Count::Newest(1)));
                rollout::run(&migrator, task, &args.rollout, output).await
            }
            Migration::List { json } => list::run(&migrator, json, output).await,
            Migration::Pending { json } => {
                let status = migrator.status(&Options::default()).await?;
                pending::run(&status, json, output)
            }
            Migration::Generate { .. } => Ok(Outcome::Done),
        }
    })?
}
