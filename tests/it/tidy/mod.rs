//! The house rules as tests. Each rule is a function from text to complaints,
//! and beside it stands a sample that it must complain about.

mod floors;
mod leftovers;
mod migrations;
mod paths;
mod reachable;
mod size;
mod tree;

use tree::{Source, sources};

/// Runs a rule over files and lists every complaint with its file.
#[track_caller]
fn tidy(files: &[Source], rule: impl Fn(&Source) -> Vec<String>) {
    assert!(!files.is_empty(), "there is something to look at");
    let complaint = |file: &Source| {
        let path = file.path.clone();
        rule(file).into_iter().map(move |what| format!("{path}: {what}")).collect::<Vec<_>>()
    };
    let found: Vec<String> = files.iter().flat_map(complaint).collect();
    assert!(found.is_empty(), "{} untidy:\n{}", found.len(), found.join("\n"));
}

#[test]
fn no_file_is_too_long() {
    tidy(&sources(&["src", "tests", "examples", "benches"], "rs"), size::too_long);
}

#[test]
fn a_floor_uses_only_floors_below_it() {
    tidy(&sources(&["src"], "rs"), floors::upward);
}

#[test]
fn nothing_is_left_over() {
    tidy(&sources(&["src", "tests", "examples", "benches"], "rs"), leftovers::in_rust);
    tidy(&sources(&["migrations"], "sql"), leftovers::marks);
    tidy(&sources(&["."], "toml"), leftovers::marks);
}

#[test]
fn nothing_is_unwrapped_outside_tests() {
    tidy(&sources(&["src", "examples", "benches"], "rs"), leftovers::unwraps);
}

#[test]
fn every_file_is_part_of_the_program_or_of_the_tests() {
    for roots in [&["src/lib.rs", "src/main.rs"][..], &["tests/it/main.rs"]] {
        let folder = roots[0].rsplit_once('/').expect("a folder").0;
        let files = sources(&[folder], "rs");
        assert_eq!(reachable::orphans(roots, &files), Vec::<String>::new(), "never compiled");
    }
}

#[test]
fn both_backends_have_the_same_migrations() {
    let listed: Vec<String> =
        sources(&["migrations"], "").into_iter().map(|file| file.path).collect();
    assert_eq!(migrations::lopsided(&listed), Vec::<String>::new());
}
