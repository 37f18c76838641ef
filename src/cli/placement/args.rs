use std::path::PathBuf;

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
