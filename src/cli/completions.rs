use clap::CommandFactory;
use clap_complete::Shell;

use super::{Outcome, args::Args, output::Output};

/// Prints what a shell is to be told so that it completes our commands.
pub(super) fn run(shell: Shell, output: &Output) -> anyhow::Result<Outcome> {
    let mut command = Args::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut command, name, &mut script);
    output.say(String::from_utf8(script)?.trim_end())?;
    Ok(Outcome::Done)
}
