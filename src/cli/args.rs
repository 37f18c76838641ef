use std::path::PathBuf;

use clap::{Args as Arguments, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::{migration::args::Migration, placement::args::Placement};
use crate::key::ShardId;

/// Application-level sharding on Diesel and Rocket.
///
/// Reads Rocket.toml in this folder or one above it, or the file named in
/// ROCKET_CONFIG; ROCKET_PROFILE picks the profile. RUST_LOG says how much is
/// logged, in place of warn,shardwright=info,rocket=off,_=off.
#[derive(Debug, Parser)]
#[command(name = "shardwright", version, after_help = EXIT_CODES)]
pub(super) struct Args {
    /// Log lines as text or as json [default: SHARDWRIGHT_LOG_FORMAT, or text]
    #[arg(long, value_name = "FORMAT", global = true, hide_possible_values = true)]
    pub(super) log_format: Option<LogFormat>,
    #[command(subcommand)]
    pub(super) command: Option<Command>,
}

/// For whom log lines are written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum LogFormat {
    /// Lines for people.
    #[default]
    Text,
    /// One JSON object a line, for machines.
    Json,
}

const EXIT_CODES: &str = "\
Exit codes: 0 done, 1 the work failed or is pending, 2 usage or configuration.";

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Run the service (what `shardwright` alone does)
    Serve,
    /// Change the schema of all shards
    Migration {
        /// The folder that holds postgres/ and sqlite/ migrations [default: those
        /// in the binary; for generate, migrations]
        #[arg(long, value_name = "DIR", global = true)]
        migration_dir: Option<PathBuf>,
        #[command(subcommand)]
        command: Migration,
    },
    /// Say how each shard is and what it holds: exit code 1 if one is not healthy
    #[command(args_conflicts_with_subcommands = true)]
    Shards(Shards),
    /// Say where keys live and why
    Route(Route),
    /// Say where the stored keys are and where they belong, and move them there
    Placement {
        #[command(subcommand)]
        command: Placement,
    },
    /// Check or show the configuration
    Config {
        #[command(subcommand)]
        command: Config,
    },
    /// Print what completes these commands in a shell
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Print the manual page, for `man -l`
    Man,
}

#[derive(Debug, Arguments)]
pub(super) struct Shards {
    /// Print the answers as JSON
    #[arg(long)]
    pub(super) json: bool,
    #[command(subcommand)]
    pub(super) command: Option<ShardsCommand>,
}

#[derive(Debug, Subcommand)]
pub(super) enum ShardsCommand {
    /// Tell databases that they are these shards of this cluster, whatever they
    /// say themselves: for copies restored on purpose
    ///
    /// The cluster is the one that the other shards belong to. If all shards are
    /// named it is a new one: a copy of a whole cluster is not the original.
    Adopt {
        /// The shards, by their names in Rocket.toml
        #[arg(required = true, value_name = "SHARD")]
        shards: Vec<ShardId>,
    },
}

#[derive(Debug, Arguments)]
pub(super) struct Route {
    /// The keyspace, such as orders or users
    pub(super) keyspace: String,
    /// The keys: tenant ids for orders, whole numbers for users. Without any, or
    /// for `-`, they are read from standard input, one a line; a line may hold
    /// the key's region after a tab
    #[arg(allow_negative_numbers = true)]
    pub(super) keys: Vec<String>,
    /// The region of keys that come without one, for a keyspace placed by region
    #[arg(long, value_name = "REGION")]
    pub(super) region: Option<String>,
    /// Print the answers as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Subcommand)]
pub(super) enum Config {
    /// Say everything that is wrong with the configuration
    Check,
    /// Print the effective configuration, defaults written out, passwords hidden
    Show,
}
