//! `pins_file`: what is read from it, from where, and what is said of mistakes.

use std::{fmt::Write, fs, path::Path};

use figment::{
    Figment,
    providers::{Format, Toml},
};
use shardwright::{cluster::Blueprint, config::Problems, key::ShardKey};

/// A folder with a Rocket.toml of two shards, whose `orders` have a `pins_file`
/// and `pins`, and that file.
fn folder(pins: &str, csv: &[u8]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let toml = format!(
        "[default.sharding.shards]\nshard-0.url = 'sqlite://0.db'\nshard-1.url = 'sqlite://1.db'\n\
         [default.sharding.keyspaces.orders]\nstrategy = 'consistent_hash'\n\
         shards = ['shard-0']\npins_file = 'pins.csv'\npins = {{ {pins} }}\n"
    );
    fs::write(folder.path().join("Rocket.toml"), toml).expect("disk has room");
    fs::write(folder.path().join("pins.csv"), csv).expect("disk has room");
    folder
}

fn load(folder: &Path) -> Result<Blueprint, Problems> {
    let figment = Figment::from(Toml::file(folder.join("Rocket.toml")).nested()).select("default");
    Blueprint::load_with(&figment, &|_| None)
}

/// The texts that the file pins to shard-1, which the rule has none on.
#[track_caller]
fn pinned(csv: &[u8], keys: &[&str]) {
    let folder = folder("", csv);
    let blueprint = load(folder.path()).expect("a good file");
    let file = blueprint.settings.keyspaces[0].pins_file.as_ref().expect("it has one");
    let found: Vec<&str> = file.iter().map(|(key, _)| key.as_ref()).collect();
    assert_eq!(found, keys);
    for key in keys {
        let home = blueprint.keyspaces[0].router.route(&ShardKey::text(key));
        assert_eq!(home.map(|shard| shard.get()), Ok(1), "{key}");
    }
}

/// The messages, each without the file's path.
#[track_caller]
fn complaints(pins: &str, csv: &[u8]) -> Vec<String> {
    let folder = folder(pins, csv);
    let problems = load(folder.path()).expect_err("mistakes");
    let file = folder.path().join("pins.csv").display().to_string();
    let message = |problem: &shardwright::config::Problem| {
        assert_eq!(problem.path, "sharding.keyspaces.orders.pins_file");
        let message = problem.message.strip_prefix(&file).map(str::to_owned);
        message.unwrap_or_else(|| panic!("{} names the file", problem.message))
    };
    problems.iter().map(message).collect()
}

#[test]
fn a_line_is_a_key_and_a_shard() {
    pinned(b"acme,shard-1\nother,shard-1", &["acme", "other"]);
    pinned(b"key,shard\r\nacme,shard-1\r\n7, shard-1 \r\n", &["acme", "7"]);
    pinned(b"\xef\xbb\xbfkey,shard\nacme,shard-1\n", &["acme"]);
    pinned(b"# ours\n\n  \nacme,shard-1\n#other,shard-1\n\n", &["acme"]);
    pinned(b"", &[]);
}

#[test]
fn a_key_may_hold_anything_in_quotes() {
    let csv = "\"a,b\",shard-1\n\"say \"\"hi\"\"\",shard-1\n\"#1\",\"shard-1\"\n é ,shard-1\n\"key\",shard-1\n";
    pinned(csv.as_bytes(), &["a,b", "say \"hi\"", "#1", " é ", "key"]);
}

#[test]
fn a_key_twice_on_one_shard_is_no_mistake() {
    pinned(b"acme,shard-1\nacme,shard-1\n", &["acme"]);
    let folder = folder("acme = 'shard-1', mine = 'shard-1'", b"acme,shard-1\n");
    let blueprint = load(folder.path()).expect("they agree");
    let home = |key| blueprint.keyspaces[0].router.route(&ShardKey::text(key));
    assert_eq!(home("mine").map(|shard| shard.get()), Ok(1));
}

#[test]
fn every_mistake_is_told_with_its_line() {
    let csv = b"key,shard\n# a comment\n\nacme,shrad-1\r\n\r\nlonely\nx,shard-1,more\n,shard-0\n\
        \xff,shard-0\n\"two\nlines\",shard-0\nacme,shard-0\nacme,shard-1\nmine,shard-0\n";
    assert_eq!(
        complaints("mine = 'shard-1'", csv),
        [
            ", line 4: there is no shard `shrad-1`; did you mean `shard-1`?",
            ", line 6: expected two fields, key,shard, and found 1",
            ", line 7: expected two fields, key,shard, and found 3",
            ", line 8: the key is missing",
            ", line 9: the key is no UTF-8 text",
            ", line 13: `acme` is pinned to shard-1, and on line 12 to shard-0",
            ", line 14: `mine` is pinned to shard-0, and under `pins` to shard-1",
        ]
    );
}

#[test]
fn only_twenty_lines_are_complained_of_one_by_one() {
    let csv: String = (0..25).map(|i| format!("tenant-{i},elsewhere\n")).collect();
    let told = complaints("", csv.as_bytes());
    assert_eq!(told.len(), 21);
    assert!(told[19].starts_with(", line 20: there is no shard `elsewhere`"), "{}", told[19]);
    assert_eq!(told[20], ": and 5 more lines like these");
    let told = complaints("", csv.lines().take(20).collect::<Vec<_>>().join("\n").as_bytes());
    assert_eq!(told.len(), 20);
}

/// A forgotten quote takes in the rest of the file, which no message repeats.
#[test]
fn a_quote_that_is_never_closed_is_told_in_short() {
    let rest: String = (0..1_000).map(|i| format!("tenant-{i},shard-0\n")).collect();
    let told = complaints("", format!("acme,shard-0\nx,\"{rest}").as_bytes());
    assert_eq!(told.len(), 1);
    assert!(told[0].starts_with(", line 2: there is no shard `tenant-0,shard-0\\n"), "{}", told[0]);
    assert!(told[0].len() < 200, "{}", told[0]);
    let told = complaints("", format!("acme,shard-0\n\"x,{rest}").as_bytes());
    assert_eq!(told, [", line 2: expected two fields, key,shard, and found 1"]);
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let folder = folder("", b"");
    let file = folder.path().join("pins.csv");
    fs::remove_file(&file).expect("it was there");
    let told = load(folder.path()).expect_err("no file").to_string();
    let words = format!("pins_file: can't read {}: No such file", file.display());
    assert!(told.contains(&words), "{told}");
}

#[test]
fn a_path_is_text() {
    let words = &["expected text in quotes"];
    super::file::one_mistake(
        "[keyspaces.orders]\npins_file = 7",
        "keyspaces.orders.pins_file",
        words,
    );
}

/// Large files are what the file is for.
#[test]
fn a_hundred_thousand_pins_are_read_and_found() {
    let mut csv = String::from("key,shard\n");
    for i in 0..100_000 {
        let _ = writeln!(csv, "tenant-{i},shard-{}", i % 2);
    }
    let folder = folder("", csv.as_bytes());
    let blueprint = load(folder.path()).expect("a good file");
    let router = &blueprint.keyspaces[0].router;
    for i in [0, 1, 49_999, 99_998, 99_999] {
        let home = router.route(&ShardKey::text(&format!("tenant-{i}")));
        assert_eq!(home.map(|shard| shard.get()), Ok(i % 2));
    }
    let shown = format!("{:?}", blueprint);
    assert!(shown.len() < 10_000, "no Debug writes them out: {} characters", shown.len());
}
