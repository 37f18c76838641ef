use std::io::{self, Write};

use clap::{Command, CommandFactory};
use clap_mangen::Man;

use super::{Outcome, args::Args, output::Output};

/// Prints the manual page: one, with every command in it.
pub(super) fn run(output: &Output) -> anyhow::Result<Outcome> {
    let page = String::from_utf8(page(Args::command())?)?;
    output.say(in_ascii(&page).trim_end())?;
    Ok(Outcome::Done)
}

/// Not every reader of such pages takes UTF-8.
fn in_ascii(page: &str) -> String {
    let escaped = |c: char| match c.is_ascii() {
        true => c.to_string(),
        false => format!("\\[u{:04X}]", u32::from(c)),
    };
    page.chars().map(escaped).collect()
}

fn page(command: Command) -> io::Result<Vec<u8>> {
    let mut command = command.disable_help_subcommand(true);
    // Gives each command the name it is called by.
    command.build();
    let man = Man::new(command.clone()).manual("Shardwright");
    let mut page = Vec::new();
    man.render_title(&mut page)?;
    man.render_name_section(&mut page)?;
    man.render_synopsis_section(&mut page)?;
    man.render_description_section(&mut page)?;
    man.render_options_section(&mut page)?;
    writeln!(page, ".SH COMMANDS")?;
    for sub in command.get_subcommands() {
        commands(sub, &mut page)?;
    }
    let codes = command.get_after_help().map(ToString::to_string).unwrap_or_default();
    writeln!(page, ".SH \"EXIT STATUS\"\n{}", codes.trim_start_matches("Exit codes: "))?;
    Ok(page)
}

/// A command and those below it, each a section of its own.
fn commands(command: &Command, page: &mut Vec<u8>) -> io::Result<()> {
    let man = Man::new(command.clone());
    writeln!(page, ".SS {}", command.get_bin_name().unwrap_or(command.get_name()))?;
    let mut parts = Vec::new();
    man.render_description_section(&mut parts)?;
    man.render_synopsis_section(&mut parts)?;
    man.render_options_section(&mut parts)?;
    // Each comes under a heading, as if it were a page of its own.
    let text = String::from_utf8_lossy(&parts).into_owned();
    for line in text.lines().filter(|line| !line.starts_with(".ie ") && !line.starts_with(".el ")) {
        writeln!(page, "{}", if line.starts_with(".SH ") { ".PP" } else { line })?;
    }
    command.get_subcommands().try_for_each(|sub| commands(sub, page))
}
