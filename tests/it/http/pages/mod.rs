//! The document that a problem's page shows is the one that the service answers with when the
//! problem befalls it: member by member, in that order, all but the request's id.

mod refusing;
mod shards;
mod slow;

use std::path::Path;

use serde_json::Value;
use shardwright::web::ProblemKind;

use crate::support::response::Response;

/// The page of a kind.
fn page(kind: &str) -> &'static str {
    ProblemKind::named(kind).expect("a kind of ours").text()
}

/// The document on it, as it stands there.
fn shown(kind: &str) -> &'static str {
    let (_, rest) = page(kind).split_once("```json\n").expect("it shows a document");
    rest.split_once("```").expect("what is opened is closed").0
}

/// Holds an answer against its kind's page.
#[track_caller]
pub(super) fn expect_shown(kind: &str, answer: &Response) {
    expect_text_shown(kind, answer.status, &answer.text);
}

/// The same, of an answer that came by a way of its own.
#[track_caller]
fn expect_text_shown(kind: &str, status: u16, text: &str) {
    let read = |text: &str| -> Value {
        serde_json::from_str(text).unwrap_or_else(|why| panic!("{kind}: {why} in {text}"))
    };
    let id = |document: &Value| {
        let id = document["request_id"].as_str().and_then(|id| uuid::Uuid::try_parse(id).ok());
        id.unwrap_or_else(|| panic!("{kind}: no id in {document}"))
    };
    let (answer, page) = (read(text), shown(kind));
    let (own, theirs) = (id(&answer), id(&read(page)));
    assert_eq!(own.get_version_num(), theirs.get_version_num(), "{kind}: the ids are of one sort");
    let page = page.replace(&theirs.to_string(), &own.to_string());
    assert_eq!(answer, read(&page), "{kind}.md");
    // Also what a Value does not know: in which order they come.
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    assert_eq!(squeezed(text), squeezed(&page), "{kind}.md");

    let title = answer["title"].as_str().expect("it has one");
    let heading = format!("# {title}: `{kind}`\n\nStatus {status}.\n");
    assert!(self::page(kind).starts_with(&heading), "{kind}.md does not begin with {heading}");
}

/// No kind's page is without a test that provokes what it shows.
#[test]
fn every_page_is_held_against_an_answer() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/http");
    let tests = ["pages/refusing.rs", "pages/shards.rs", "pages/slow.rs", "access/words.rs"];
    let tests = tests.map(|file| std::fs::read_to_string(folder.join(file)).expect("it is here"));
    let tests = tests.concat();
    for kind in ProblemKind::ALL.map(ProblemKind::name) {
        let held = ["expect_shown", "expect_text_shown"].map(|by| format!("{by}(\"{kind}\", "));
        assert!(held.iter().any(|call| tests.contains(call)), "nothing provokes {kind}");
    }
}
