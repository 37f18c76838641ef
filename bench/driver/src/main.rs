//! Measures Shardwright beside its peers; `bench/run` builds everything and starts this.

mod check;
mod http;
mod load;
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
mod results;
mod rocket_toml;
mod rounds;
mod route;
mod sample;
mod servers;
mod service;
mod start;
mod stop;
mod tables;
mod usage;
mod workload;

use anyhow::Result;
use clap::Parser;

use options::Options;
use orders::Orders;
use rounds::{Stage, say};
use servers::Servers;

fn main() -> Result<()> {
    stop::watch()?;
    let options = Options::parse();
    let plan = options.plan()?;

    say("starting three Postgres servers and storing orders\n");
    let folder = tempfile::tempdir()?;
    let servers = Servers::start()?;
    let sharded = folder.path().join("sharded");
    let whole = folder.path().join("whole");
    std::fs::create_dir_all(&sharded)?;
    std::fs::create_dir_all(&whole)?;
    let sharded = rocket_toml::write(&sharded, &servers, servers::SHARDS)?;
    route::migrate(&sharded)?;
    route::migrate(&rocket_toml::write(&whole, &servers, 1)?)?;
    let shard_of = route::shard_of(&sharded)?;
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
    for workload in &plan.workloads {
        println!("{}", tables::of(*workload, &plan, &results));
    }
    Ok(())
}
