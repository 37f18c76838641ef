use std::{
    collections::HashMap,
    io::{IsTerminal, Write},
    sync::{Arc, Mutex, PoisonError},
};

use indicatif::{MultiProgress, ProgressBar, ProgressState, ProgressStyle};

use super::figures::{count, grouped};
use crate::{
    key::KeyspaceName,
    ops::{identity::HoldError, moves::MoveProgress},
};

/// Rows done, their rate and the time left, each keyspace in a line.
const BAR: &str = "{prefix:12} {wide_bar} {human_pos}/{human_len} rows  {rate}  {eta} left  {msg}";

/// A moving line a keyspace on a terminal, plain lines in a pipe, nothing beside JSON.
pub(super) fn watcher(json: bool) -> Arc<dyn MoveProgress> {
    match (json, std::io::stderr().is_terminal()) {
        (true, _) => Arc::new(()),
        (false, true) => Arc::new(Bars::default()),
        (false, false) => Arc::new(Lines),
    }
}

/// One line an event, on standard error: the report comes on standard output.
struct Lines;

fn say(words: &str) {
    // Nobody to tell is no reason to stop.
    let _ = writeln!(std::io::stderr().lock(), "{words}");
}

fn waiting(held: &HoldError) -> String {
    format!("{held}; waiting")
}

impl MoveProgress for Lines {
    fn waiting(&self, held: &HoldError) {
        say(&waiting(held));
    }

    fn planned(&self, keyspace: &KeyspaceName, keys: u64, rows: u64) {
        say(&format!("{keyspace}: {} to move, {}", count(keys, "key"), count(rows, "row")));
    }

    fn moved(&self, keyspace: &KeyspaceName, keys: u64, rows: u64) {
        say(&format!("{keyspace}: moved {}, {}", count(keys, "key"), count(rows, "row")));
    }
}

/// Rows in a second, of which nobody needs the fraction.
fn rate(state: &ProgressState, out: &mut dyn std::fmt::Write) {
    // A bar that can't be drawn is no reason to stop.
    let _ = write!(out, "{:.0} rows/s", state.per_sec());
}

#[derive(Default)]
struct Bars {
    all: MultiProgress,
    keyspaces: Mutex<HashMap<KeyspaceName, (ProgressBar, u64)>>,
}

impl MoveProgress for Bars {
    fn waiting(&self, held: &HoldError) {
        let _ = self.all.println(waiting(held));
    }

    fn planned(&self, keyspace: &KeyspaceName, keys: u64, rows: u64) {
        if keys == 0 {
            return;
        }
        let bar = self.all.add(ProgressBar::new(rows)).with_prefix(keyspace.to_string());
        if let Ok(style) = ProgressStyle::with_template(BAR) {
            bar.set_style(style.with_key("rate", rate));
        }
        let mut keyspaces = self.keyspaces.lock().unwrap_or_else(PoisonError::into_inner);
        keyspaces.insert(keyspace.clone(), (bar, 0));
    }

    fn moved(&self, keyspace: &KeyspaceName, keys: u64, rows: u64) {
        let mut keyspaces = self.keyspaces.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((bar, sum)) = keyspaces.get_mut(keyspace) {
            *sum += keys;
            bar.inc(rows);
            bar.set_message(format!("{} keys", grouped(*sum)));
        }
    }
}
