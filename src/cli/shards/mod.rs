//! `shards`: how each shard is and what it holds, asked side by side.

mod adopt;
mod ask;
mod view;

use ask::ask;
use figment::Figment;
use futures::future::join_all;

use super::{
    Outcome,
    args::{Shards, ShardsCommand},
    block_on,
    output::Output,
    service,
};

/// A table of all shards. Exit code 1 if one is not healthy.
pub(super) fn run(args: &Shards, figment: &Figment, output: &Output) -> anyhow::Result<Outcome> {
    let service = service(figment)?;
    if let Some(ShardsCommand::Adopt { shards }) = &args.command {
        return block_on(adopt::run(&service, shards, output))?;
    }
    let reports = block_on(join_all(service.db().shards().iter().map(ask)))?;
    if args.json {
        output.json(&view::json(&reports))?;
    } else {
        output.table(view::table(&reports))?;
        for remark in view::remarks(&reports) {
            output.say(&remark)?;
        }
    }
    let healthy = reports.iter().all(|report| report.unhealthy().is_none());
    Ok(if healthy { Outcome::Done } else { Outcome::Failed })
}
