//! The examples do what they say they do.

use std::path::Path;
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

/// What an example prints. Cargo builds examples with the tests, into a folder beside the program.
fn run(example: &str, folder: &Path) -> String {
    let programs = Path::new(env!("CARGO_BIN_EXE_shardwright")).parent().expect("a folder");
    let example = programs.join("examples").join(example);
    let output = Command::new(&example)
        .arg(folder)
        .current_dir(folder)
        .env_clear()
        .stdin(Stdio::null())
        .output()
        .unwrap_or_else(|why| {
            panic!("{}: {why}; `cargo build --examples` makes it", example.display())
        });
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).expect("it prints text")
}
