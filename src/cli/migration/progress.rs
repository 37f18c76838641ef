use std::{
    collections::HashMap,
    io::{IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::{
    key::ShardId,
    ops::migrate::{Outcome, Progress, ShardReport, Step},
};

/// A moving line a shard on a terminal, plain lines in a pipe, nothing beside JSON.
pub(super) fn watcher(json: bool) -> Arc<dyn Progress> {
    match (json, std::io::stderr().is_terminal()) {
        (true, _) => Arc::new(()),
        (false, true) => Arc::new(Bars::default()),
        (false, false) => Arc::new(Lines),
    }
}

/// One line an event, on standard error: the report comes on standard output.
struct Lines;

impl Lines {
    fn say(&self, shard: &ShardId, words: &str) {
        // Nobody to tell is no reason to stop migrating.
        let _ = writeln!(std::io::stderr().lock(), "{shard}: {words}");
    }
}

impl Progress for Lines {
    fn locked_out(&self, shard: &ShardId) {
        self.say(shard, "another process is migrating this shard; waiting for it");
    }

    fn beginning(&self, shard: &ShardId, migration: &str) {
        self.say(shard, &format!("{migration} …"));
    }

    fn retrying(&self, shard: &ShardId, migration: &str, tried: u32, wait: Duration) {
        self.say(shard, &retry(migration, tried, wait));
    }
}

#[derive(Default)]
struct Bars {
    all: MultiProgress,
    shards: Mutex<HashMap<ShardId, ProgressBar>>,
}

impl Bars {
    fn of(&self, shard: &ShardId) -> ProgressBar {
        let mut shards = self.shards.lock().unwrap_or_else(PoisonError::into_inner);
        let make = || {
            let bar = self.all.add(ProgressBar::new(0));
            if let Ok(style) = ProgressStyle::with_template("{prefix:12} {pos}/{len} {wide_msg}") {
                bar.set_style(style);
            }
            bar.with_prefix(shard.to_string())
        };
        shards.entry(shard.clone()).or_insert_with(make).clone()
    }
}

impl Progress for Bars {
    fn started(&self, shard: &ShardId, steps: usize) {
        self.of(shard).set_length(steps as u64);
    }

    fn locked_out(&self, shard: &ShardId) {
        self.of(shard).set_message("waiting for another process that is migrating it");
    }

    fn beginning(&self, shard: &ShardId, migration: &str) {
        self.of(shard).set_message(migration.to_owned());
    }

    fn retrying(&self, shard: &ShardId, migration: &str, tried: u32, wait: Duration) {
        self.of(shard).set_message(retry(migration, tried, wait));
    }

    fn done(&self, shard: &ShardId, _: &Step) {
        self.of(shard).inc(1);
    }

    fn finished(&self, report: &ShardReport) {
        let bar = self.of(&report.shard);
        match report.outcome {
            Outcome::Failed(_) => bar.abandon_with_message("failed"),
            Outcome::NotStarted => bar.abandon_with_message("not started"),
            Outcome::Done => bar.finish_with_message("done"),
        }
    }
}

fn retry(migration: &str, tried: u32, wait: Duration) -> String {
    format!(
        "{migration} timed out on a lock (try {tried}); others go first, next try in {:.1} s",
        wait.as_secs_f64()
    )
}
