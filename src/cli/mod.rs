//! The command line: one command a file. Tables for people, `--json` for
//! programs. Exit 0 done, 1 the work failed or is pending, 2 usage or
//! configuration.

mod args;
mod completions;
mod config;
mod discreet;
mod interrupt;
mod json_lines;
mod man;
mod migration;
#[cfg(feature = "otlp")]
mod otlp;
mod output;
mod placement;
mod plain_fields;
mod route;
mod serve;
mod shards;
mod telemetry;

use std::process::ExitCode;

use args::{Args, Command, LogFormat};
use clap::Parser;
use output::Output;

use crate::{
    config::Problems,
    http::{Service, ServiceError},
    ops::placement::ChangeError,
};

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Done,
    /// The work failed or is pending; what there is to say has been said.
    Failed,
}

/// Parses the process's arguments, does what they say and gives its exit code.
#[must_use]
pub fn main() -> ExitCode {
    let args = Args::parse();
    let output = Output::new();
    let format = match telemetry::format(args.log_format) {
        Ok(format) => format,
        Err(error) => {
            output.complain(&format!("{error:#}"));
            return exit_code(&error);
        }
    };
    let serves = matches!(args.command, None | Some(Command::Serve));
    let _telemetry = telemetry::start(format, serves);
    match run(args, &output) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::FAILURE,
        Err(error) => {
            match format {
                LogFormat::Text => output.complain(&format!("{error:#}")),
                LogFormat::Json => tracing::error!("{error:#}"),
            }
            exit_code(&error)
        }
    }
}

fn run(args: Args, output: &Output) -> anyhow::Result<Outcome> {
    let figment = rocket::Config::figment();
    match args.command.unwrap_or(Command::Serve) {
        Command::Serve => serve::run(&figment),
        Command::Migration { migration_dir, command } => {
            migration::run(command, migration_dir, &figment, output)
        }
        Command::Shards(command) => shards::run(&command, &figment, output),
        Command::Route(command) => route::run(command, &figment, output),
        Command::Placement { command } => placement::run(command, &figment, output),
        Command::Config { command } => config::run(command, &figment, output),
        Command::Completions { shell } => completions::run(shell, output),
        Command::Man => man::run(output),
    }
}

/// A wrong configuration is the caller's to mend, like a wrong argument.
fn exit_code(error: &anyhow::Error) -> ExitCode {
    let usage = error.is::<output::Usage>()
        || error.is::<Problems>()
        || error.is::<ChangeError>()
        || matches!(
            error.downcast_ref::<ServiceError>(),
            Some(ServiceError::Configuration(_) | ServiceError::Cluster(_))
        );
    ExitCode::from(if usage { 2 } else { 1 })
}

/// A runtime for commands; the server brings its own.
fn block_on<T>(work: impl Future<Output = T>) -> anyhow::Result<T> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let done = runtime.block_on(work);
    // A thread that a frozen server holds must not hold the command too.
    runtime.shutdown_background();
    Ok(done)
}

/// The service as configured, for commands that work on its shards.
fn service(figment: &figment::Figment) -> anyhow::Result<Service> {
    Ok(Service::open(figment)?)
}
