//! What completes the commands in a shell.

use std::process::Command;

use super::installed;
use crate::process::Folder;

fn script(shell: &str) -> String {
    Folder::with("").run(&["completions", shell]).expect(0).stdout
}

#[test]
fn every_shell_is_told_the_commands() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let script = script(shell);
        for word in ["migration", "generate", "placement", "max-rows-per-second", "completions"] {
            assert!(script.contains(word), "{shell} is not told of {word}");
        }
    }
}

#[test]
fn another_shell_is_an_error_that_names_those_there_are() {
    let ran = Folder::with("").run(&["completions", "tcsh"]).expect(2);
    assert!(ran.stderr.contains("bash, elvish, fish, powershell, zsh"), "{ran:?}");
}

/// What bash offers for a line whose last word is begun.
fn offered(folder: &Folder, line: &str) -> String {
    let asked = r#"
        set -euo pipefail
        source ./completions
        complete -p shardwright >/dev/null
        COMP_WORDS=($1) COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
        _shardwright shardwright "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}" || true
        echo "${COMPREPLY[*]}"
    "#;
    let output = Command::new("bash")
        .args(["--norc", "-c", asked, "bash", line])
        .current_dir(folder.path())
        .output()
        .expect("there is a bash");
    assert!(output.status.success(), "{line}: {output:?}");
    String::from_utf8(output.stdout).expect("it prints text").trim().to_owned()
}

#[test]
fn bash_completes_them() {
    if !installed("bash") {
        return;
    }
    let folder = Folder::with("");
    std::fs::write(folder.path().join("completions"), script("bash")).expect("disk has room");
    assert_eq!(offered(&folder, "shardwright migr"), "migration");
    assert_eq!(offered(&folder, "shardwright migration r"), "run revert redo");
    assert_eq!(offered(&folder, "shardwright placement apply --un"), "--undo");
    assert_eq!(offered(&folder, "shardwright nothing-like-it"), "");
}
