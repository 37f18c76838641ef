//! Everything that is not a unit test: one binary, whose folders mirror the floors.
mod apply;
mod cases;
mod chaos;
mod cli;
mod coalesce;
mod compose;
mod config;
mod examples;
mod http;
mod identity;
mod merge;
mod migrate;
mod monitor;
mod moves;
mod outage;
mod placement;
mod process;
mod routing;
mod shard;
mod shutdown;
mod sqlite_processes;
mod startup;
mod support;
mod tidy;
#[cfg(feature = "tls")]
mod tls;
mod web;
