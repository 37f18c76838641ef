use super::{
    super::{
        Outcome,
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
    let _guard = stop_on_interrupt(&options);
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

/// Ctrl-C starts no further shard and lets those under way finish; a second one
/// ends the process as usual.
fn stop_on_interrupt(options: &Options) -> impl Drop + use<> {
    let stop = options.stop.clone();
    let watching = tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            tracing::warn!("stopping: shards under way are finished, no other is started");
            stop.request();
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(130);
            }
        }
    });
    struct Watching(tokio::task::JoinHandle<()>);
    impl Drop for Watching {
        fn drop(&mut self) {
            self.0.abort();
        }
    }
    Watching(watching)
}
