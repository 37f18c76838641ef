use figment::Figment;
use serde_json::json;

use super::{
    super::{
        Outcome,
        interrupt::stop_on_interrupt,
        output::{Output, size},
    },
    args::Apply,
    figures::count,
    file, progress,
};
use crate::{
    http::Service,
    ops::{
        moves::{ApplyOptions, MoveReport, Moves, Way},
        placement::Change,
    },
    shard::ShardConnection,
    store::{migrations, tables},
};

/// Moves the keys to where a changed configuration has them, or back.
pub(super) async fn run(
    figment: &Figment,
    args: &Apply,
    output: &Output,
) -> anyhow::Result<Outcome> {
    let (before, after) = (Service::blueprint(figment)?, file::read(&args.config)?);
    let change = Change::<ShardConnection>::new(&before, &after)?;
    let declared = tables::declared();
    let moves = Moves { change: &change, declared: &declared, source: migrations::source() };
    let options = ApplyOptions {
        way: if args.undo { Way::Back } else { Way::There },
        max_rows_per_second: args.max_rows_per_second,
        batch_rows: args.batch_rows,
        patience: args.wait,
        ..ApplyOptions::default()
    };
    let _guard = stop_on_interrupt(&options.stop, "the batch under way is finished, and no other");
    // Lets the guard begin: until it has, Ctrl-C ends the process.
    tokio::task::yield_now().await;
    let report = moves.carry_out(&options, progress::watcher(args.json)).await?;
    if args.json {
        output.json(&view(&report))?;
    } else {
        show(&report, args, output)?;
    }
    Ok(Outcome::Done)
}

fn show(report: &MoveReport, args: &Apply, output: &Output) -> std::io::Result<()> {
    for moved in &report.keyspaces {
        let (keys, rows) = (count(moved.keys, "key"), count(moved.rows, "row"));
        let line = match moved.keys {
            0 => format!("{}: every key was in its place", moved.keyspace),
            _ => format!("{}: moved {keys}, {rows}, {}", moved.keyspace, size(moved.bytes)),
        };
        output.say(&line)?;
    }
    let took = report.took.as_secs_f64();
    output.say(&match args.undo {
        true => {
            format!("Taken back in {took:.1} s: the present configuration is in force, as it was.")
        }
        false => format!(
            "Done in {took:.1} s. Put {} in the place of Rocket.toml and start the service.",
            args.config.display()
        ),
    })
}

fn view(report: &MoveReport) -> serde_json::Value {
    let keyspaces: Vec<_> = report
        .keyspaces
        .iter()
        .map(|moved| {
            json!({
                "keyspace": moved.keyspace.as_str(),
                "keys": moved.keys,
                "rows": moved.rows,
                "bytes": moved.bytes,
            })
        })
        .collect();
    json!({ "keyspaces": keyspaces, "seconds": report.took.as_secs_f64() })
}
