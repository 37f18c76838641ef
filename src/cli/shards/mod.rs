//! `shards`: how each shard is and what it holds, asked side by side.

mod adopt;
mod ask;
mod view;

use ask::{Report, ask};
use figment::Figment;
use futures::future::join_all;

use super::{
    Outcome,
    args::{Shards, ShardsCommand},
    block_on,
    output::Output,
    service,
};
use crate::ops::identity::{Guard, RollCall};

/// A table of all shards. Exit code 1 if one is not healthy.
pub(super) fn run(args: &Shards, figment: &Figment, output: &Output) -> anyhow::Result<Outcome> {
    let service = service(figment)?;
    if let Some(ShardsCommand::Adopt { shards }) = &args.command {
        return block_on(adopt::run(&service, shards, output))?;
    }
    let mut reports = block_on(join_all(service.db().shards().iter().map(ask)))?;
    recognize(&mut reports, service.guard());
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

/// Holds what the shards say of themselves against each other and the rules.
fn recognize(reports: &mut [Report], guard: &Guard) {
    let said = |report: &Report| Some((report.shard.clone(), Ok(report.records.clone()?)));
    let call = RollCall(reports.iter().filter_map(said).collect());
    let divided = match call.cluster() {
        Ok(Some(cluster)) => {
            guard.settle(cluster);
            None
        }
        Ok(None) => None,
        Err(error) => Some(error),
    };
    for report in reports {
        if let Some(records) = &report.records {
            let own = || guard.check(&report.shard, records).err();
            report.stranger = divided.clone().or_else(own);
        }
    }
}
