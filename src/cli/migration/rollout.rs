use super::{
    super::{
        Outcome,
        interrupt::stop_on_interrupt,
        output::{Output, Usage},
    },
    args::Rollout,
    drift, plan, progress, report,
};
use crate::{
    cluster::Error,
    ops::migrate::{Migrator, Options, ShardReport, Task},
    shard::ShardConnection,
};

/// What Ctrl-C does.
const STOPPING: &str = "shards under way are finished, no other is started";

/// Does a task over the shards, then looks whether they are alike.
pub(super) async fn run(
    migrator: &Migrator<ShardConnection>,
    task: Task,
    args: &Rollout,
    output: &Output,
) -> anyhow::Result<Outcome> {
    let options = args.options();
    if let Some(canary) = options.canary.as_ref().filter(|_| !options.shards.is_empty())
        && !options.shards.contains(canary)
    {
        let message = format!("the canary {canary} is not among the shards chosen with --shard");
        return Err(Usage(message).into());
    }
    if args.dry_run {
        let plans = migrator.plan(task, &options).await.map_err(usage)?;
        return plan::show(&plans, args.json, output);
    }
    let watcher = progress::watcher(args.json);
    let _guard = stop_on_interrupt(&options.stop, STOPPING);
    // Lets the guard begin: until it has, Ctrl-C ends the process.
    tokio::task::yield_now().await;
    let reports = migrator.carry_out(task, &options, watcher).await.map_err(usage)?;
    let drift = migrator.drift(&Options::default()).await?;
    report::show(&reports, &drift, args.json, output)?;
    if !args.json {
        drift::show(&drift, output)?;
    }
    let done = reports.iter().all(ShardReport::is_done) && drift.is_none();
    Ok(if done { Outcome::Done } else { Outcome::Failed })
}

/// A shard that does not exist is the caller's mistake.
fn usage(error: Error) -> anyhow::Error {
    match error {
        Error::UnknownShard { .. } => Usage(error.to_string()).into(),
        other => other.into(),
    }
}
