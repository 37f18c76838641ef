//! Every command of the manual and the README, run as written.

use std::sync::Mutex;

use super::{
    page::Page,
    pages,
    script::{self, missing, outputs},
    stage::Stage,
};

/// What can't be run here, each with what sees to it instead.
const LEFT_OUT: [(&str, &str); 4] = [
    ("SHARD_0_PASSWORD=", "docker compose: tests/it/compose holds its file to the configuration"),
    ("tests/run", "is what runs this"),
    ("bench/run", "takes minutes and servers of its own"),
    ("mdbook ", "not everyone has it: manual::book builds the same book"),
];

/// Pages that have a test of their own.
const ELSEWHERE: [(&str, &str); 1] =
    [("docs/src/tutorial.md", "manual::tutorial, by tests/tutorial: it builds a program")];

/// Pages whose reader begins with nothing but a clone. On all others a service is running that
/// has a few rows.
const FROM_NOTHING: [&str; 1] = ["README.md"];

const RUNNING: &str = r#"
shardwright serve
for tenant in ada bob cleo; do
    curl localhost:8000/orders -d '{"tenant_id": "'$tenant'", "customer_id": "c-1", "total_cents": 1999, "currency": "EUR"}'
done
for id in 7 70000; do
    curl localhost:8000/users -d '{"id": '$id', "name": "Ada", "email": "ada@example.com", "region": "eu"}'
done
"#;

/// What a page's commands did that they should not have.
fn complaints(page: &Page) -> Option<String> {
    let left_out = LEFT_OUT.map(|(start, _)| start);
    let mut whole = script::of(page, &left_out);
    if !FROM_NOTHING.contains(&page.path.as_str()) {
        whole = format!("{{ {RUNNING} }} >/dev/null\n{whole}");
    }
    let stage = Stage::clone_of_the_repository();
    let played = stage.play(&format!("set -euo pipefail\n{whole}\nstop-services\n"));
    let outputs = outputs(&played.said);
    if !played.succeeded {
        let (line, said) = outputs.last().copied().unwrap_or((0, &played.said));
        return Some(format!("{}:{line}: a command failed:\n{said}", page.path));
    }
    wrong_output(page, &outputs)
}

/// The first block of output that is not what the commands before it said.
pub(super) fn wrong_output(page: &Page, outputs: &[(usize, &str)]) -> Option<String> {
    let shown = page.blocks.iter().filter(|block| block.says("output"));
    shown.into_iter().find_map(|block| {
        let before = outputs.iter().rev().find(|(line, _)| *line < block.line);
        let Some((line, said)) = before else {
            return Some(format!("{}:{}: output of what?", page.path, block.line));
        };
        let missing = missing(&block.text, said)?;
        Some(format!("{}:{line}: it shows `{missing}` and says:\n{said}", page.path))
    })
}

#[test]
fn every_command_works_as_written() {
    let pages = pages::all();
    let has_commands = |page: &&Page| page.blocks.iter().any(|block| block.language == "sh");
    let elsewhere = |page: &&Page| ELSEWHERE.iter().any(|(path, _)| *path == page.path);
    let here: Vec<&Page> =
        pages.iter().filter(has_commands).filter(|page| !elsewhere(page)).collect();
    assert!(here.len() >= 5, "only {} pages have commands", here.len());
    let (next, found) = (Mutex::new(here.iter()), Mutex::new(Vec::new()));
    std::thread::scope(|scope| {
        for _ in 0..3 {
            scope.spawn(|| {
                loop {
                    let page = next.lock().expect("nobody panicked").next();
                    let Some(page) = page else { break };
                    let complaints = complaints(page);
                    found.lock().expect("nobody panicked").extend(complaints);
                }
            });
        }
    });
    let found = found.into_inner().expect("nobody panicked");
    assert!(found.is_empty(), "{} of {} pages:\n{}", found.len(), here.len(), found.join("\n"));
}

#[test]
fn what_is_left_out_is_on_a_page() {
    let pages = pages::all();
    let blocks = || pages.iter().flat_map(|page| &page.blocks);
    for (start, reason) in LEFT_OUT {
        let mut lines = blocks().flat_map(|block| block.text.lines());
        assert!(
            lines.any(|line| line.trim().starts_with(start)),
            "`{start}` ({reason}) is nowhere"
        );
    }
    for (path, _) in ELSEWHERE {
        assert!(pages.iter().any(|page| page.path == path), "{path} is not there");
    }
}

#[test]
fn a_page_that_is_wrong_is_found_out() {
    let wrong = |text: &str| {
        let text = format!("# A\n\n```sh\n{text}\n```\n\n```text,output\nsharing is caring\n```\n");
        complaints(&Page::parse("docs/src/a.md", &text)).unwrap_or_default()
    };
    assert!(wrong("shardwright shard").contains("a.md:4: a command failed"), "a wrong command");
    assert!(wrong("curl localhost:8000/nothing").contains("answered 404"), "a wrong path");
    assert!(wrong("curl localhost:8000/health/live # 503").contains("answered 200"), "a status");
    assert!(wrong("shardwright shards").contains("it shows `sharing is caring`"), "its output");
    assert_eq!(wrong("echo sharing is caring"), "");
}
