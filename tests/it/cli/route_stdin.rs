//! `route` with keys from standard input, thousands at once.

use std::{
    io::{BufRead, BufReader, Write},
    process::Stdio,
    time::{Duration, Instant},
};

use insta::assert_snapshot;
use serde_json::Value;

use crate::process::Folder;

#[test]
fn lines_are_keys_for_a_dash_and_without_any() {
    let folder = Folder::fresh();
    for args in [&["route", "users", "-"][..], &["route", "users"]] {
        let ran = folder.run_on(args, "49999\r\n\n50000\n  \n-7").expect(0);
        insta::allow_duplicates! {
            assert_snapshot!(ran.stdout, @r"
            KEY    SHARD    STRATEGY  WHY
            49999  shard-0  range     key 49999 lies in the range ..50000 (start included, end not)
            50000  shard-1  range     key 50000 lies in the range 50000.. (start included, end not)
            -7     shard-0  range     key -7 lies in the range ..50000 (start included, end not)
            ");
        }
    }
    assert_eq!(folder.files(), ["Rocket.toml"], "no database is touched");
}

#[test]
fn json_is_one_array() {
    let folder = Folder::fresh();
    let answers = folder.run_on(&["route", "users", "--json"], "7\nx\n").expect(1).json();
    let listed = folder.run(&["route", "users", "--json", "7", "x"]).expect(1).json();
    assert_eq!(answers, listed);
    let none = folder.run_on(&["route", "users", "-", "--json"], "\n").expect(0).json();
    assert_eq!(none, Value::Array(Vec::new()));
}

#[test]
fn a_bad_line_fails_and_those_around_it_are_answered() {
    let input = b"7\nabc\n\xff\n8\n".as_slice();
    let ran = Folder::fresh().run_on(&["route", "users"], input).expect(1);
    let rows: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(rows.len(), 5, "{ran:?}");
    for (row, words) in [(1, "shard-0"), (2, "whole number"), (3, "whole number"), (4, "shard-0")] {
        assert!(rows[row].contains(words), "{words} in {}", rows[row]);
    }
    let ran = Folder::fresh().run_on(&["route", "orders"], input).expect(1);
    assert!(ran.stdout.contains("must be text in UTF-8"), "{ran:?}");
}

#[test]
fn nothing_to_ask_is_usage_unless_it_was_asked_for() {
    let folder = Folder::fresh();
    let ran = folder.run_on(&["route", "users"], "\n\n").expect(2);
    assert!(ran.stderr.contains("no key is given"), "{ran:?}");
    assert_eq!(ran.stdout, "");
    assert_eq!(folder.run_on(&["route", "users", "-"], "").expect(0).stdout, "");
    let ran = folder.run_on(&["route", "user", "-"], "7\n").expect(2);
    assert!(ran.stderr.contains("`user`"), "{ran:?}");
}

#[test]
fn a_line_may_hold_a_region_of_its_own() {
    let folder = Folder::fresh();
    folder.edit(r#"strategy = "range""#, r#"strategy = "region""#);
    let input = "7\tus\n8\n9\tasia\n10\tmars\n";
    let ran = folder.run_on(&["route", "users", "--region", "eu"], input).expect(1);
    assert_snapshot!(ran.stdout, @r"
    KEY  SHARD    STRATEGY  WHY
    7    shard-1  region    region us is this shard's
    8    shard-0  region    region eu is this shard's
    9    shard-2  region    region asia is this shard's
    10   -        -         keyspace users: region `mars` has no shard; known regions: asia, eu, us
    ");
    let ran = folder.run_on(&["route", "users"], "7\tus\n8\n").expect(1);
    assert!(ran.stdout.contains("carries none"), "{ran:?}");
}

/// Ten thousand keys are no work: a bound that only a search over the whole ring
/// for each of them goes past.
#[test]
fn ten_thousand_keys_on_a_large_ring_are_explained_at_once() {
    let folder = Folder::fresh();
    folder.edit("# virtual_nodes = 150", "\nvirtual_nodes = 2000 #");
    let input: String = (0..10_000).map(|i| format!("tenant-{i}\n")).collect();
    let begun = Instant::now();
    let ran = folder.run_on(&["route", "orders"], input).expect(0);
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
    assert_eq!(ran.stdout.lines().count(), 10_001);
    assert!(ran.stdout.lines().last().is_some_and(|row| row.starts_with("tenant-9999  ")));
}

/// A key is answered before the next one is sent.
#[test]
fn keys_are_answered_as_they_come() {
    let folder = Folder::fresh();
    let mut command = folder.command(&["route", "users", "-"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it can be started");
    let mut input = child.stdin.take().expect("it was piped");
    let mut rows = BufReader::new(child.stdout.take().expect("it was piped")).lines();
    for key in ["7", "50000"] {
        writeln!(input, "{key}").expect("it reads");
        let mut row = rows.next().expect("an answer").expect("text");
        if row.starts_with("KEY") {
            row = rows.next().expect("an answer").expect("text");
        }
        assert!(row.starts_with(key), "{row}");
    }
    drop(input);
    assert!(child.wait().expect("it is our child").success());
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let folder = Folder::fresh();
    let mut command = folder.command(&["route", "orders", "-"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("it can be started");
    let mut input = child.stdin.take().expect("it was piped");
    let mut rows = BufReader::new(child.stdout.take().expect("it was piped"));
    writeln!(input, "tenant-1").expect("it reads");
    rows.read_line(&mut String::new()).expect("the header");
    drop(rows);
    // Without end: it stops because nobody listens, and then takes no more.
    while writeln!(input, "tenant-2").is_ok() {}
    let ended = child.wait_with_output().expect("it is our child");
    assert!(ended.status.success() && ended.stderr.is_empty(), "{ended:?}");
}
