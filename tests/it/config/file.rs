//! Configurations for the tests: the repository's own, and a small one that
//! each test lays its mistake over.

use figment::{
    Figment,
    providers::{Format, Toml},
};
use shardwright::{cluster::Blueprint, config::Problems};

/// The repository's Rocket.toml.
pub(super) const REPOSITORY: &str = include_str!("../../../Rocket.toml");

/// Two shards and a keyspace of each strategy, without a fault.
const GOOD: &str = r#"
[default.sharding.shards.shard-0]
url = "sqlite://data/shard-0.db"
[default.sharding.shards.shard-1]
url = "sqlite://data/shard-1.db"
[default.sharding.keyspaces.orders]
strategy = "consistent_hash"
[default.sharding.keyspaces.users]
strategy = "range"
ranges = [ { end = 50000, shard = "shard-0" }, { start = 50000, shard = "shard-1" } ]
[default.sharding.keyspaces.accounts]
strategy = "region"
regions = { eu = "shard-0", us = "shard-1" }
"#;

/// A file under the name of a profile, as Rocket reads it.
pub(super) fn figment(text: &str, profile: &str) -> Figment {
    Figment::from(Toml::string(text).nested()).select(profile)
}

/// Loads the file's default profile, without any environment.
pub(super) fn load(text: &str) -> Result<Blueprint, Problems> {
    Blueprint::load_with(&figment(text, "default"), &|_| None)
}

/// The good file with a piece laid over `[default.sharding]`: its tables are
/// named from there, its keys replace those there are.
pub(super) fn over(piece: &str) -> Figment {
    let piece = piece.replace("\n[", "\n[default.sharding.");
    let text = match piece.strip_prefix('[') {
        Some(table) => format!("[default.sharding.{table}"),
        None => format!("[default.sharding]\n{piece}"),
    };
    figment(GOOD, "default").merge(Toml::string(&text).nested())
}

/// What is wrong with the good file once a piece is laid over it.
pub(super) fn problems(piece: &str) -> Vec<(String, String)> {
    match Blueprint::load_with(&over(piece), &|_| None) {
        Ok(_) => Vec::new(),
        Err(found) => found.iter().map(|p| (p.path.clone(), p.message.clone())).collect(),
    }
}

/// The piece is one mistake: there is one problem, at this path below
/// `sharding`, and its message holds all of these words.
#[track_caller]
pub(super) fn one_mistake(piece: &str, path: &str, words: &[&str]) {
    let found = problems(piece);
    let [(at, message)] = found.as_slice() else {
        panic!("one mistake, {} problems: {found:#?}\n{piece}", found.len());
    };
    assert_eq!(*at, format!("sharding.{path}"), "{message}\n{piece}");
    for word in words {
        assert!(message.contains(word), "`{message}` does not say `{word}`\n{piece}");
    }
}

#[test]
fn the_good_file_is_good() {
    assert_eq!(problems(""), []);
}
