//! The examples do what they say they do.

mod app;
mod custom_router;
mod notes;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

#[test]
fn own_tables_places_rows_by_its_own_rule_and_keeps_them() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    insta::assert_snapshot!(run("own_tables", folder.path()), @r"
    1999 is kept in archive: met Ada
    2019 is kept in archive: moved to Rome
    2020 is kept in recent: stayed in
    archive holds 2
    recent holds 1
    ");
    // Run again, it finds what it kept.
    let again = run("own_tables", folder.path());
    assert!(again.ends_with("archive holds 2\nrecent holds 1\n"), "{again}");
    assert!(["archive.db", "recent.db"].iter().all(|file| folder.path().join(file).is_file()));
}

#[test]
fn custom_merge_finds_the_best_of_all_shards() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    insta::assert_snapshot!(run("custom_merge", folder.path()), @r#"
    shard-0: 2 players, the best: [("bob", 9), ("fay", 8)]
    shard-1: 3 players, the best: [("dan", 9), ("ada", 7), ("cleo", 3)]
    shard-2: 1 players, the best: [("eve", 1)]
    all: 6 players, the best: [("bob", 9), ("dan", 9), ("fay", 8)]
    "#);
}

/// Where an example is. Cargo builds examples with the tests, into a folder beside the program.
fn program(example: &str) -> PathBuf {
    let programs = Path::new(env!("CARGO_BIN_EXE_shardwright")).parent().expect("a folder");
    let program = programs.join("examples").join(example);
    assert!(program.is_file(), "{}: `cargo build --examples` makes it", program.display());
    program
}

/// What an example prints.
fn run(example: &str, folder: &Path) -> String {
    let output = Command::new(program(example))
        .arg(folder)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .expect("it can be started");
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}
