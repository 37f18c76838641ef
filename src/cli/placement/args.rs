use std::{
    num::{NonZeroU64, NonZeroUsize},
    path::PathBuf,
    time::Duration,
};

use clap::{Args, Subcommand};

use crate::{
    key::{KeyspaceName, ShardId},
    ops::placement::Measure,
};

#[derive(Debug, Subcommand)]
pub(in super::super) enum Placement {
    /// Hold every stored key against its rule: exit code 1 if one is misplaced,
    /// on two shards, without a place or without a key
    Check(Check),
    /// Say what a changed configuration would move; changes nothing
    Plan(Plan),
    /// Propose ranges that even a keyspace out; changes nothing
    Suggest(Suggest),
    /// Move the keys to where a changed configuration has them, while no service
    /// runs
    ///
    /// Every database is held alone meanwhile: while a service runs this refuses,
    /// and while this runs no service serves. Ctrl-C at any time, and anything
    /// worse: run it again to go on, or with --undo to take back what was done.
    /// When it is done, put FILE in the place of Rocket.toml and start the service.
    Apply(Apply),
}

#[derive(Debug, Args)]
pub(in super::super) struct Check {
    /// Only this keyspace; may be given more than once
    #[arg(long = "keyspace", value_name = "NAME")]
    pub(super) keyspaces: Vec<KeyspaceName>,
    /// How many findings of a kind to list
    #[arg(long, value_name = "N", default_value_t = 100)]
    pub(super) limit: usize,
    /// Print the findings as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in super::super) struct Plan {
    /// The changed configuration: the whole Rocket.toml as it is to be
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
    /// How many of the largest movers to list
    #[arg(long, value_name = "N", default_value_t = 10)]
    pub(super) top: usize,
    /// Print the plan as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in super::super) struct Apply {
    /// The changed configuration: the whole Rocket.toml as it is to be
    #[arg(long, value_name = "FILE")]
    pub(super) config: PathBuf,
    /// Move every key back to where the present configuration has it
    #[arg(long)]
    pub(super) undo: bool,
    /// Move no more rows in a second than this, on average
    #[arg(long, value_name = "N")]
    pub(super) max_rows_per_second: Option<NonZeroU64>,
    /// Move so many rows in one transaction; a key with more goes alone, and whole
    #[arg(long, value_name = "N")]
    pub(super) batch_rows: Option<NonZeroUsize>,
    /// How long to wait for services to end [default: 3s]
    #[arg(long, value_name = "TIME", default_value = "3s", hide_default_value = true)]
    #[arg(value_parser = humantime::parse_duration)]
    pub(super) wait: Duration,
    /// Print what was moved as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in super::super) struct Suggest {
    /// The keyspace; its keys must be whole numbers
    pub(super) keyspace: KeyspaceName,
    /// The shards to spread it over [default: those it is on by its rule]
    #[arg(long, value_name = "A,B,C", value_delimiter = ',')]
    pub(super) shards: Vec<ShardId>,
    /// What to even out: rows, keys or bytes
    #[arg(long, value_name = "WHAT", default_value_t)]
    pub(super) by: Measure,
    /// Print the proposal as JSON
    #[arg(long)]
    pub(super) json: bool,
}
