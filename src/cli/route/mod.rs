//! `route`: where keys live and why. Touches no database.

mod answer;
mod lines;
mod report;

use std::{
    io::{self, BufReader, IsTerminal},
    ops::ControlFlow,
};

use answer::Answer;
use figment::Figment;
use lines::Lines;
use report::Report;

use super::{
    Outcome,
    args::Route,
    output::{Output, Usage},
    service,
};
use crate::cluster::ShardedDb;

/// What asks for the keys on standard input.
const STANDARD_INPUT: &str = "-";
/// A pipe's worth.
const BUFFER: usize = 64 * 1024;

/// Answers for the keys of the arguments, or of standard input.
pub(super) fn run(args: Route, figment: &Figment, output: &Output) -> anyhow::Result<Outcome> {
    let service = service(figment)?;
    let db = service.db();
    db.keyspace(&args.keyspace).map_err(|error| Usage(error.to_string()))?;
    match args.keys.as_slice() {
        [] if io::stdin().is_terminal() => Err(no_key().into()),
        [] => match stream(&args, db, output)? {
            (0, _) => Err(no_key().into()),
            (_, outcome) => Ok(outcome),
        },
        [only] if only == STANDARD_INPUT => Ok(stream(&args, db, output)?.1),
        keys => listed(&args, keys, db, output),
    }
}

fn no_key() -> Usage {
    Usage("no key is given: name keys, or send them on standard input, one a line".to_owned())
}

fn listed(
    args: &Route,
    keys: &[String],
    db: &ShardedDb,
    output: &Output,
) -> anyhow::Result<Outcome> {
    let answers: Vec<_> = keys
        .iter()
        .map(|key| Answer::find(db, &args.keyspace, key, args.region.as_deref()))
        .collect();
    if args.json {
        output.json(&answers.iter().map(Answer::to_json).collect())?;
    } else {
        let header = report::COLUMNS.map(str::to_owned).to_vec();
        let rows = answers.iter().map(|answer| answer.row().to_vec());
        output.table(std::iter::once(header).chain(rows).collect())?;
    }
    Ok(outcome(answers.iter().any(Answer::is_bad)))
}

/// Answers while it reads, so that any number of keys will do. Says how many
/// there were.
fn stream(args: &Route, db: &ShardedDb, output: &Output) -> anyhow::Result<(usize, Outcome)> {
    let mut lines = Lines::new(BufReader::with_capacity(BUFFER, io::stdin().lock()));
    let mut report = Report::new(args.json);
    let (mut asked, mut bad) = (0, false);
    loop {
        let batch = lines.batch()?;
        let answers: Vec<_> = batch
            .iter()
            .map(|line| {
                let region = line.region().or(args.region.as_deref());
                Answer::find(db, &args.keyspace, line.key(), region)
            })
            .collect();
        asked += answers.len();
        bad |= answers.iter().any(Answer::is_bad);
        let text = if answers.is_empty() { report.end() } else { report.more(&answers) };
        // Nobody hears the rest: `| head` has what it wanted.
        if output.pour(&text)? == ControlFlow::Break(()) || answers.is_empty() {
            return Ok((asked, outcome(bad)));
        }
    }
}

fn outcome(bad: bool) -> Outcome {
    if bad { Outcome::Failed } else { Outcome::Done }
}
