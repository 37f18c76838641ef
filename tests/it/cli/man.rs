//! The manual page.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::installed;
use crate::process::Folder;

fn page() -> String {
    Folder::with("").run(&["man"]).expect(0).stdout
}

/// What a program that reads such pages makes of it, and complains of.
fn read_by(program: &str, arguments: &[&str], page: &str) -> (String, String) {
    let mut child = Command::new(program)
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it is installed");
    let mut input = child.stdin.take().expect("it was piped");
    let page = page.to_owned();
    std::thread::spawn(move || input.write_all(page.as_bytes()));
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    (text(&output.stdout), text(&output.stderr))
}

#[test]
fn it_is_one_page_with_every_command() {
    let page = page();
    assert_eq!(page.matches(".TH ").count(), 1);
    for command in ["serve", "migration run", "placement apply", "shards adopt", "completions"] {
        let heading = format!("\n.SS shardwright {command}\n");
        assert!(page.contains(&heading), "there is no {heading}:\n{page}");
    }
    assert!(page.contains("\\-\\-canary"), "options are there:\n{page}");
    assert!(page.contains(".SH \"EXIT STATUS\"\n0 done, 1 "), "{page}");
}

#[test]
fn it_is_rendered_without_a_complaint() {
    if installed("groff") {
        let (text, complaints) = read_by("groff", &["-man", "-Tutf8", "-ww", "-P-cbou"], &page());
        assert_eq!(complaints, "");
        assert!(text.contains("shardwright placement apply"), "{text}");
        assert!(text.contains("--max-rows-per-second"), "{text}");
    }
    if installed("mandoc") {
        let (text, complaints) = read_by("mandoc", &["-Tlint", "-Wwarning"], &page());
        assert_eq!(format!("{text}{complaints}"), "");
    }
}
