//! A page's commands as one script.

use super::page::{Block, Page};

/// What stands before a block's output.
pub(super) const MARK: &str = "@@ block ";

/// A script of all that the page has its reader do: commands are run, files are written.
/// It ends at the first that fails. A line that begins with one of `left_out` is not run.
pub(super) fn of(page: &Page, left_out: &[&str]) -> String {
    let mut script = "set -euo pipefail\n".to_owned();
    for block in &page.blocks {
        if let Some(file) = block.file() {
            script += &written(block, file, ">");
        } else if let Some(file) = block.appended() {
            script += &written(block, file, ">>");
        } else if block.language == "sh" {
            script += &format!("printf '\\n%s\\n' '{MARK}{}'\n", block.line);
            for line in block.text.lines() {
                script += &command(line, left_out);
                script.push('\n');
            }
        }
    }
    script
}

fn written(block: &Block, file: &str, how: &str) -> String {
    let text = &block.text;
    format!(
        "mkdir -p \"$(dirname '{file}')\"\ncat {how}'{file}' <<'END OF THE BLOCK'\n{text}END OF THE BLOCK\n"
    )
}

fn command(line: &str, left_out: &[&str]) -> String {
    let bare = line.trim_start();
    if left_out.iter().any(|start| bare.starts_with(start)) {
        return ":".to_owned();
    }
    if bare.starts_with("# stop") {
        return "stop-services".to_owned();
    }
    if line.rsplit_once(" # ").is_some_and(|(_, comment)| comment.trim().starts_with("refuses")) {
        return format!("if {line}\nthen echo 'it was to refuse'; exit 1; fi");
    }
    match announced(bare) {
        Some(status) if bare.starts_with("curl ") => format!("STAGE_STATUS={status} {line}"),
        _ => line.to_owned(),
    }
}

/// The status of 400 or more that a line's comment tells of.
fn announced(line: &str) -> Option<&str> {
    let (_, comment) = line.rsplit_once(" # ")?;
    let words = comment.split(|c: char| !c.is_ascii_alphanumeric());
    let is_status = |word: &&str| {
        word.len() == 3 && word.starts_with(['4', '5']) && word.parse::<u16>().is_ok()
    };
    words.into_iter().find(is_status)
}

/// The output of each block that came that far, by its line in the page.
pub(super) fn outputs(said: &str) -> Vec<(usize, &str)> {
    let parts = said.split(MARK).skip(1);
    let parts = parts.filter_map(|part| part.split_once('\n'));
    parts.filter_map(|(line, output)| Some((line.trim().parse().ok()?, output))).collect()
}

/// The first line of what a page shows that did not come, in this order. `…` stands for
/// anything.
pub(super) fn missing<'a>(shown: &'a str, said: &str) -> Option<&'a str> {
    let mut said = said.lines();
    let comes = |line: &&str| !said.any(|said| is_like(line.trim(), said.trim()));
    shown.lines().filter(|line| !["", "…"].contains(&line.trim())).find(comes)
}

fn is_like(shown: &str, said: &str) -> bool {
    let mut parts = shown.split('…');
    let Some(mut rest) = said.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let mut last = None;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
        last = Some(part);
    }
    rest.is_empty() || last.is_some_and(|part| part.is_empty() || said.ends_with(part))
}

#[test]
fn commands_become_a_script() {
    let text = "```sh\ncargo run   # serves\n# stop every service\ncurl localhost:8000/x   # 404\n\
                docker compose up\n```\n\nIn `a/b.toml`:\n\n```toml,file=a/b.toml\nx = 1\n```\n";
    let script = of(&Page::parse("p.md", text), &["docker "]);
    assert_eq!(
        script.lines().skip(1).collect::<Vec<_>>(),
        [
            "printf '\\n%s\\n' '@@ block 2'",
            "cargo run   # serves",
            "stop-services",
            "STAGE_STATUS=404 curl localhost:8000/x   # 404",
            ":",
            "mkdir -p \"$(dirname 'a/b.toml')\"",
            "cat >'a/b.toml' <<'END OF THE BLOCK'",
            "x = 1",
            "END OF THE BLOCK",
        ]
    );
    assert_eq!(announced("curl x # it has 300 rows, port 4000"), None);
}

#[test]
fn output_is_held_against_what_is_shown() {
    let said = "\n@@ block 3\none 1\ntwo\nthree 3\n\n@@ block 9\n";
    assert_eq!(outputs(said), [(3, "one 1\ntwo\nthree 3\n\n"), (9, "")]);
    assert_eq!(missing("one …\n…\nthree 3\n", "one 1\ntwo\nthree 3\n"), None);
    assert_eq!(missing("two\none 1\n", "one 1\ntwo\n"), Some("one 1"));
    assert_eq!(missing("on… 2", "one 1"), Some("on… 2"));
    assert_eq!(missing("one", "one 1"), Some("one"));
    assert_eq!(missing("…1…", "one 1 more"), None);
}
