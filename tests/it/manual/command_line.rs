//! The reference of the command line is what the program says of itself.
//! `SHARDWRIGHT_WRITE_MANUAL=1 cargo nextest run manual::command_line` writes the page anew.

use std::{fmt::Write, fs, path::Path};

use super::page::Page;
use crate::process::Folder;

const PAGE: &str = "docs/src/reference/command-line.md";
/// Where the page's own words end.
const END: &str = "<!-- What follows is the program's own help. -->\n";
/// As long as lines of the page may be.
const WIDTH: usize = 92;

#[test]
fn every_command_is_there_with_its_help() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(PAGE);
    let page = fs::read_to_string(&file).expect("the page is there");
    let (words, shown) = page.split_once(END).expect("the page says where the help begins");
    let mut help = String::new();
    describe(&Folder::with(""), &[], &mut help);
    if std::env::var_os("SHARDWRIGHT_WRITE_MANUAL").is_some() {
        fs::write(&file, format!("{words}{END}{help}")).expect("the page can be written");
    } else if shown != help {
        let at = shown.lines().zip(help.lines()).position(|(shown, help)| shown != help);
        let at = at.unwrap_or_default();
        panic!(
            "{PAGE} shows `{}` where the program says `{}`; SHARDWRIGHT_WRITE_MANUAL=1 writes it",
            shown.lines().nth(at).unwrap_or_default(),
            help.lines().nth(at).unwrap_or_default(),
        );
    }
}

/// The help of a command and of those below it.
fn describe(folder: &Folder, command: &[&str], page: &mut String) {
    let help = folder.run(&[command, &["--help"]].concat()).expect(0).stdout;
    let name = [&["shardwright"], command].concat().join(" ");
    write!(page, "\n## `{name}`\n\n```text\n{}\n```\n", wrapped(help.trim_end()))
        .expect("text takes text");
    for below in subcommands(&help) {
        describe(folder, &[command, &[below]].concat(), page);
    }
}

/// The commands that a help lists.
fn subcommands(help: &str) -> Vec<&str> {
    let listed = help.lines().skip_while(|line| *line != "Commands:").skip(1);
    let listed = listed.take_while(|line| line.starts_with(' '));
    let names = listed.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !["", "help"].contains(name)).collect()
}

/// The same with long lines broken, each part under the first word of what is broken.
fn wrapped(help: &str) -> String {
    let lines = help.lines().flat_map(|line| {
        let indent = line.len() - line.trim_start().len();
        // In a list of commands, what is said of one begins after two spaces.
        let hang = line.trim_start().find("  ").map_or(indent, |at| {
            let rest = &line[indent + at..];
            indent + at + rest.len() - rest.trim_start().len()
        });
        let mut lines = vec![line[..indent].to_owned()];
        for word in line[indent..].split(' ') {
            let last = lines.last_mut().expect("there is one");
            if last.len() + 1 + word.len() > WIDTH && last.len() > hang {
                lines.push(format!("{}{word}", " ".repeat(hang)));
            } else {
                let gap = if last.len() == indent && last.trim().is_empty() { "" } else { " " };
                last.push_str(&format!("{gap}{word}"));
            }
        }
        lines
    });
    lines.map(|line| line.trim_end().to_owned()).collect::<Vec<_>>().join("\n")
}

#[test]
fn what_the_program_needs_is_told_on_the_page() {
    let page = Page::read(PAGE);
    assert!(page.headings.iter().any(|heading| heading == "shardwright migration run"));
    assert!(page.headings.iter().any(|heading| heading == "shardwright shards adopt"));
}

#[test]
fn long_lines_are_broken_under_what_they_say() {
    let word = "word ".repeat(20);
    let broken = wrapped(&format!("Usage\n  name  {word}\n      {word}"));
    let lines: Vec<_> = broken.lines().collect();
    assert_eq!(lines[0], "Usage");
    assert!(
        lines[1].starts_with("  name  word") && lines[2].starts_with("        word"),
        "{broken}"
    );
    assert!(lines[3].starts_with("      word") && lines[4].starts_with("      word"), "{broken}");
    assert!(lines.iter().all(|line| line.len() <= WIDTH), "{broken}");
}
