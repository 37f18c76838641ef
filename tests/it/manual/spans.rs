//! Commands and paths in the running text are ones there are.

use std::path::Path;

use super::{page::Page, pages};
use crate::process::Folder;

/// A command of ours in a span of code, as arguments: `shardwright route orders …`, and the same
/// without its first word in a table of commands.
fn command(span: &str) -> Option<Vec<String>> {
    const GROUPS: [&str; 3] = ["migration", "placement", "config"];
    let words: Vec<&str> = span.split_whitespace().collect();
    let words = match words.split_first()? {
        (&"shardwright", rest) => rest,
        (first, rest) if GROUPS.contains(first) && !rest.is_empty() => &words[..],
        _ => return None,
    };
    // What the shell does with the rest is not the program's.
    let words = words.iter().take_while(|word| !["<", "|", ">", "&&"].contains(word));
    let mut arguments: Vec<String> = words.map(|word| filled_in(word)).collect();
    // It says how it is used and does nothing, if it has got that far.
    arguments.push("--help".to_owned());
    Some(arguments)
}

/// What a span has Cargo run that is not there: an example, a benchmark.
fn lacking(span: &str) -> Option<String> {
    let words: Vec<&str> = span.split_whitespace().collect();
    let (kind, name) = match words[..] {
        ["cargo", "run", "--example", name, ..] => ("examples", name),
        ["cargo", "bench", "--bench", name, ..] => ("benches", name),
        _ => return None,
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(kind);
    let there = folder.join(format!("{name}.rs")).exists() || folder.join(name).exists();
    (!there).then(|| format!("there is no {name} in {kind}"))
}

/// Something in a placeholder's place.
fn filled_in(word: &str) -> String {
    let is_placeholder = |word: &str| word.chars().all(|c| c.is_ascii_uppercase() || c == '…');
    match word {
        "N" => "1".to_owned(),
        "TIME" => "1s".to_owned(),
        "<shell>" => "bash".to_owned(),
        word if is_placeholder(word) => "orders".to_owned(),
        word => word.trim_matches(['[', ']', '…']).to_owned(),
    }
}

/// A path below the repository in a span of code.
fn path(span: &str) -> Option<&str> {
    const TOP: [&str; 7] = ["src/", "tests/", "bench/", "docs/", "examples/", "benches/", ".ci/"];
    let first = span.split([' ', ':']).next()?;
    let plain = first.chars().all(|c| c.is_ascii_alphanumeric() || "/._-".contains(c));
    (plain && TOP.iter().any(|top| first.starts_with(top))).then_some(first)
}

fn complaints(page: &Page, folder: &Folder) -> Vec<String> {
    let mut found = Vec::new();
    for span in &page.spans {
        if let Some(arguments) = command(span) {
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            let ran = folder.run(&arguments);
            if ran.code != 0 {
                found.push(format!("{}: `{span}`: {}", page.path, ran.words()));
            }
        }
        found.extend(lacking(span).map(|what| format!("{}: `{span}`: {what}", page.path)));
        let there = |path: &&str| Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists();
        if let Some(path) = path(span).filter(|path| !there(path)) {
            found.push(format!("{}: there is no `{path}`", page.path));
        }
    }
    found
}

#[test]
fn commands_and_paths_in_the_text_are_ones_there_are() {
    let folder = Folder::with("");
    let mut pages = pages::all();
    pages.push(Page::read("ARCHITECTURE.md"));
    let found: Vec<_> = pages.iter().flat_map(|page| complaints(page, &folder)).collect();
    assert!(found.is_empty(), "{} are not:\n{}", found.len(), found.join("\n"));
}

#[test]
fn a_command_that_is_wrong_is_seen() {
    let folder = Folder::with("");
    let wrong =
        |span: &str| complaints(&Page::parse("p.md", &format!("Run `{span}` now.")), &folder).len();
    assert_eq!(wrong("shardwright migration run --canary shard-0 --wave 4"), 0);
    assert_eq!(wrong("placement apply --config NEW.toml"), 0);
    assert_eq!(wrong("shardwright shards adopt SHARD…"), 0);
    assert_eq!(wrong("shardwright migrations run"), 1);
    assert_eq!(wrong("migration run --canaries shard-0"), 1);
    assert_eq!(wrong("cargo bench --bench routing"), 0);
    assert_eq!(wrong("cargo run --example others_tables"), 1);
    assert_eq!(wrong("tests/run FILTER"), 0);
    assert_eq!(wrong("tests/walk"), 1);
}
