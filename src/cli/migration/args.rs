use std::{num::NonZeroUsize, time::Duration};

use clap::{Args, Subcommand};

use crate::{
    key::ShardId,
    ops::migrate::{Count, DdlLimits, Options},
};

#[derive(Debug, Subcommand)]
pub(in super::super) enum Migration {
    /// Apply all pending migrations
    Run(Rollout),
    /// Take back the newest migrations
    Revert(Back),
    /// Take back the newest migrations and apply them again
    Redo(Back),
    /// List migrations × shards, and the shards whose schema differs
    List {
        /// Print the list as JSON
        #[arg(long)]
        json: bool,
    },
    /// Say whether migrations are pending: exit code 1 if any is
    Pending {
        /// Print them as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make the files of a new migration, for both kinds of database
    Generate {
        /// What it does, in a few words such as add_orders_note
        name: String,
    },
}

#[derive(Debug, Args)]
pub(in super::super) struct Rollout {
    /// Only this shard; may be given more than once
    #[arg(long = "shard", value_name = "ID")]
    shards: Vec<ShardId>,
    /// Do this shard first, and no other if it fails
    #[arg(long, value_name = "ID")]
    canary: Option<ShardId>,
    /// How many shards to do side by side [default: all]
    #[arg(long, value_name = "N")]
    wave: Option<NonZeroUsize>,
    /// Print what would be done, with its SQL, and touch nothing
    #[arg(long)]
    pub(super) dry_run: bool,
    /// How long a statement may wait for a lock before the migration is tried
    /// again; 0 waits for ever
    #[arg(long, value_name = "TIME", default_value = "2s", value_parser = time)]
    lock_timeout: Duration,
    /// How often a migration that timed out on a lock is tried again
    #[arg(long, value_name = "N", default_value_t = 10)]
    lock_retries: u32,
    /// How long a statement may run; 0 for as long as it needs
    #[arg(long, value_name = "TIME", default_value = "0s", value_parser = time)]
    statement_timeout: Duration,
    /// How long to wait for another process that is migrating a shard
    #[arg(long, value_name = "TIME", default_value = "60s", value_parser = time)]
    wait: Duration,
    /// Print the report as JSON
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Args)]
pub(in super::super) struct Back {
    #[command(flatten)]
    pub(super) which: Which,
    #[command(flatten)]
    pub(super) rollout: Rollout,
}

#[derive(Debug, Args)]
#[group(multiple = false)]
pub(in super::super) struct Which {
    /// How many migrations [default: 1]
    #[arg(short = 'n', long, value_name = "N")]
    number: Option<NonZeroUsize>,
    /// Every one
    #[arg(short, long)]
    all: bool,
}

/// A length of time as a person writes it; a bare 0 needs no unit.
fn time(text: &str) -> Result<Duration, String> {
    if text == "0" {
        return Ok(Duration::ZERO);
    }
    humantime::parse_duration(text)
        .ok()
        .filter(|time| *time <= Duration::from_secs(24 * 60 * 60))
        .ok_or_else(|| {
            "write a time with its unit, such as 2s or 500ms, of at most a day".to_owned()
        })
}

impl Which {
    pub(super) fn count(&self, default: Count) -> Count {
        match self.number {
            _ if self.all => Count::All,
            Some(number) => Count::Newest(number.get()),
            None => default,
        }
    }
}

impl Rollout {
    pub(super) fn options(&self) -> Options {
        let limit = |time: Duration| (!time.is_zero()).then_some(time);
        Options {
            shards: self.shards.clone(),
            canary: self.canary.clone(),
            wave: self.wave,
            patience: self.wait,
            limits: DdlLimits {
                lock_timeout: limit(self.lock_timeout),
                statement_timeout: limit(self.statement_timeout),
                retries: self.lock_retries,
            },
            ..Options::default()
        }
    }
}
