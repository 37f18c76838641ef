//! Log lines for machines.

use serde_json::Value;

use super::service::service;
use crate::process::Folder;
use crate::process::until;
use crate::support::both::both_backends;
use crate::support::cluster::TestCluster;

both_backends!(every_line_is_one_json_object, rockets_own_lines_go_the_same_way);

/// The lines of a log, each of which must be an object with what each line owes.
#[track_caller]
pub(super) fn lines(log: &str) -> Vec<Value> {
    let line = |text: &str| {
        let line: Value = serde_json::from_str(text).unwrap_or_else(|why| panic!("{why}: {text}"));
        for member in ["timestamp", "level", "target", "message"] {
            assert!(line[member].is_string(), "no {member}: {text}");
        }
        line
    };
    log.lines().map(line).collect()
}

async fn every_line_is_one_json_object(cluster: &TestCluster) {
    let folder = service(cluster, "").env("SHARDWRIGHT_LOG_FORMAT", "json");
    let folder = folder.env("RUST_LOG", "warn,shardwright=debug,rocket=off,_=off");
    let mut server = folder.serve();
    let problem = server.get("/users/7");
    assert_eq!(problem.status, 404);
    let id = problem.json["request_id"].as_str().expect("it has one").to_owned();
    server.get_with("/users/8", ("X-Request-Id", "\"quoted\"")).json.take();
    let is_of_it = |line: &Value| line["request_id"] == id.as_str();
    until("the answer is in the log", || lines(&server.log()).iter().any(is_of_it));
    let log = lines(&server.log());
    let access = log.iter().find(|line| is_of_it(line)).expect("it is there");
    assert_eq!(access["target"], "shardwright::access", "{access}");
    assert_eq!((&access["method"], &access["path"]), (&"GET".into(), &"/users/7".into()));
    assert_eq!(access["status"], 404);
    assert!(access["took_us"].is_u64(), "{access}");
    assert!(log.iter().any(|line| line["level"] == "INFO"), "{log:?}");
    server.stop();
    lines(&server.log());
}

async fn rockets_own_lines_go_the_same_way(cluster: &TestCluster) {
    let quiet = service(cluster, "").serve();
    quiet.get("/nothing/here");
    assert!(!quiet.log().contains("/nothing/here"), "{}", quiet.log());
    let folder = service(cluster, "").env("SHARDWRIGHT_LOG_FORMAT", "json");
    let server = folder.env("RUST_LOG", "shardwright=info,rocket=info,_=info").serve();
    server.get("/nothing/here");
    let is_rockets = |line: &Value| {
        let target = line["target"].as_str().unwrap_or_default();
        target.starts_with("rocket") || target == "_"
    };
    until("Rocket has said something", || lines(&server.log()).iter().any(is_rockets));
}

#[test]
fn what_ends_the_program_is_a_line_like_any_other() {
    let ran =
        Folder::with("[default.sharding]\ndeadlin = '1s'").run(&["serve", "--log-format", "json"]);
    let ran = ran.expect(2);
    let lines = lines(&ran.stderr);
    assert!(
        lines.iter().any(|line| line["message"].as_str().is_some_and(|m| m.contains("deadlin")))
    );
}

#[test]
fn a_filter_that_cannot_be_understood_is_told() {
    for wrong in ["shardwright=loud", "info,[[", "a=b=c"] {
        for format in ["text", "json"] {
            let folder = Folder::fresh().env("RUST_LOG", wrong);
            let ran = folder.run(&["config", "check", "--log-format", format]).expect(0);
            if format == "json" {
                let [line] = &lines(&ran.stderr)[..] else { panic!("not one line: {ran:?}") };
                assert_eq!(line["level"], "WARN", "{line}");
            }
            for told in ["WARN", "RUST_LOG", wrong, "the filter is", "warn"] {
                assert!(ran.stderr.contains(told), "{told} of {wrong:?}: {ran:?}");
            }
        }
    }
    let server = Folder::fresh().env("RUST_LOG", "shardwright=loud").serve();
    assert!(server.log().contains("warn,shardwright=info,rocket=off"), "{}", server.log());
    for good in ["", " ", "debug", "shardwright=off,warn"] {
        let ran = Folder::fresh().env("RUST_LOG", good).run(&["config", "check"]).expect(0);
        assert_eq!(ran.stderr, "", "{good:?}");
    }
}

#[test]
fn a_format_there_is_not_is_told() {
    let ran = Folder::fresh().env("SHARDWRIGHT_LOG_FORMAT", "xml").run(&["config", "check"]);
    let ran = ran.expect(2);
    assert!(ran.stderr.contains("SHARDWRIGHT_LOG_FORMAT") && ran.stderr.contains("xml"), "{ran:?}");
    Folder::fresh().run(&["config", "check", "--log-format", "xml"]).expect(2);
}
