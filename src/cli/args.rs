use std::path::PathBuf;

use clap::{Args as Arguments, Parser, Subcommand};

use super::migration::args::Migration;

/// Application-level sharding on Diesel and Rocket.
///
/// Reads Rocket.toml in this folder or one above it, or the file named in
/// ROCKET_CONFIG; ROCKET_PROFILE picks the profile.
#[derive(Debug, Parser)]
#[command(name = "shardwright", version, after_help = EXIT_CODES)]
pub(super) struct Args {
    #[command(subcommand)]
    pub(super) command: Option<Command>,
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
    Shards(Shards),
    /// Say where keys live and why
    Route(Route),
    /// Check or show the configuration
    Config {
        #[command(subcommand)]
        command: Config,
    },
}

#[derive(Debug, Arguments)]
pub(super) struct Shards {
    /// Print the answers as JSON
    #[arg(long)]
    pub(super) json: bool,
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
