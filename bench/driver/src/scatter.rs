//! The library's scatter beside one shard after another, in a program of its own.

use std::{path::Path, process::Command};

use anyhow::{Context, Result};

use crate::{load, results::median, start};

/// How often each way goes in a round.
const TURNS: u32 = 20;
/// A round of it takes two seconds.
const SECONDS_PER_ROUND: u32 = 5;

/// What the two ways took.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Scatter {
    /// The median of the rounds' ratios.
    pub(crate) ratio: f64,
    /// Milliseconds, medians of the rounds' means.
    pub(crate) together: f64,
    pub(crate) in_turn: f64,
}

/// Measures both, in turn.
pub(crate) fn measure(config: &Path, rounds: u32) -> Result<Scatter> {
    let mut command = Command::new(start::built("bench-scatter")?);
    command.args([rounds.to_string(), TURNS.to_string()]).env("ROCKET_CONFIG", config);
    let said = load::run(command, rounds * SECONDS_PER_ROUND)?;
    let pairs = said.lines().find(|line| line.starts_with('[')).with_context(|| said.clone())?;
    let pairs: Vec<(f64, f64)> = serde_json::from_str(pairs)?;
    let of = |number: fn(&(f64, f64)) -> f64| {
        median(pairs.iter().map(|pair| Some(number(pair)))).context("no round")
    };
    Ok(Scatter {
        ratio: of(|(together, in_turn)| together / in_turn)?,
        together: of(|(together, _)| together / 1e3)?,
        in_turn: of(|(_, in_turn)| in_turn / 1e3)?,
    })
}
