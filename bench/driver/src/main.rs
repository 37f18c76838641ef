//! Measures Shardwright beside its peers; `bench/run` builds everything and starts this.

mod beside;
mod check;
mod http;
mod load;
mod machine;
mod options;
mod orders;
mod peer;
#[path = "../../../tests/it/support/pg/mod.rs"]
#[allow(
    dead_code,
    unused_imports,
    clippy::unwrap_used,
    reason = "the test harness's own, and more than is used here"
)]
mod pg;
mod report;
mod results;
mod rocket_toml;
mod rounds;
mod route;
mod sample;
mod scatter;
mod servers;
mod service;
mod start;
mod stop;
mod tables;
mod targets;
mod usage;
mod workload;

use std::{
    fs,
    io::{self, Write},
    process::ExitCode,
};

use anyhow::Result;
use clap::Parser;

use options::Options;
use orders::Orders;
use rounds::{Stage, say};
use servers::{SHARDS, Servers};

fn main() -> ExitCode {
    match measure() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say(&format!("\nbench/run: {error:#}\n"));
            ExitCode::FAILURE
        }
    }
}

fn measure() -> Result<()> {
    stop::watch()?;
    let options = Options::parse();
    let plan = options.plan()?;

    say("starting three Postgres servers and storing orders\n");
    let folder = tempfile::tempdir()?;
    let servers = Servers::start()?;
    let config = folder.path().join("Rocket.toml");
    for shards in [1, SHARDS] {
        // The last one stays: it is the one of all shards.
        rocket_toml::write(&config, &servers, shards)?;
        route::migrate(&config)?;
    }
    let shard_of = route::shard_of(&config)?;
    let orders = Orders::load(&servers, &shard_of)?;

    say("starting the peers and comparing their answers\n");
    let mut peers = Vec::new();
    for peer in &plan.peers {
        peers.push((peer.clone(), start::start(peer, &servers, folder.path())?));
    }
    let services: Vec<_> =
        peers.iter().filter_map(|(peer, service)| Some((peer.name, service.as_ref()?))).collect();
    check::equal(&services)?;
    orders.restore(&servers)?;

    let stage = Stage { servers: &servers, orders: &orders, peers: &peers, folder: folder.path() };
    let results = stage.measure(&plan)?;
    let scatter = plan.scatter().then(|| scatter::measure(&config, plan.rounds)).transpose()?;

    say("\n");
    let output = options.output(&plan);
    if let Some(path) = &output {
        fs::write(path, report::whole(&plan, &results, scatter, &servers, &shard_of)?)?;
        say(&format!("written to {}\n", path.display()));
    }
    writeln!(io::stdout(), "{}", report::tables(&plan, &results, scatter))?;
    Ok(())
}
