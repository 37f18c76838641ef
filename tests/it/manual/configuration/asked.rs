//! What the code says of its keys when it is given wrong ones.

use std::collections::BTreeMap;

use figment::{
    Figment,
    providers::{Format, Toml},
};
use shardwright::{
    cluster::Blueprint,
    config::{Problems, to_toml},
};

/// As little as makes a configuration, with every kind of rule.
const LEAST: &str = r#"
[default.sharding.rate_limit]
per_second = 1
[default.sharding.shards.NAME]
url = "sqlite://a.db"
[default.sharding.keyspaces.range]
strategy = "range"
ranges = [ { shard = "NAME" } ]
[default.sharding.keyspaces.region]
strategy = "region"
regions = { eu = "NAME" }
[default.sharding.keyspaces.ring]
strategy = "consistent_hash"
"#;

/// Like nothing that is known, so that all that is known is named.
const STRANGE: &str = "zzzzzzzzzzzz";

pub(super) struct Asked;

impl Asked {
    /// What the code says of a value that has no type it could want.
    pub(super) fn wrong_type(section: &str, key: &str) -> Option<String> {
        // Text is the wrong type for a number, and a number for everything else.
        let said = ["false", "\"x\"", "1"].map(|value| {
            spellings(section, &format!("{key} = {value}")).find_map(|(toml, path)| {
                complaint(&toml, |at| at == format!("{path}.{key}") || is_entry(at, &path, key))
            })
        });
        let [of_false, of_text, of_number] = said;
        of_false.filter(|said| !said.contains("in quotes")).or(of_number).or(of_text)
    }

    /// What the code says where a key is missing that it can't do without.
    pub(super) fn without(section: &str, key: &str) -> Option<String> {
        let toml = match section {
            "An entry of ranges" => LEAST.replace("{ shard = \"NAME\" }", "{ }"),
            _ => {
                let is_it = |line: &&str| !line.starts_with(&format!("{key} ="));
                LEAST.lines().filter(is_it).collect::<Vec<_>>().join("\n")
            }
        };
        let problems = load(&[&toml]).err()?;
        let found = problems.iter().find(|problem| problem.path.ends_with(&format!(".{key}")));
        found.map(|problem| problem.message.clone())
    }
}

fn is_entry(at: &str, path: &str, key: &str) -> bool {
    at == format!("{path}.ranges[0].{key}")
}

/// A line put into a section, under every rule if it is a keyspace's; with the section's path.
fn spellings(section: &str, line: &str) -> impl Iterator<Item = (String, String)> + use<> {
    let keyspace = "sharding.keyspaces";
    let made = match section.strip_prefix("default.sharding.keyspaces.NAME") {
        _ if section == "An entry of ranges" => {
            let toml = format!("[default.{keyspace}.range]\nranges = [ {{ {line} }} ]\n");
            vec![(toml, format!("{keyspace}.range"))]
        }
        Some(below) => {
            let path = |rule| format!("{keyspace}.{rule}{below}");
            let of = |rule| (format!("[default.{}]\n{line}\n", path(rule)), path(rule));
            ["range", "region", "ring"].map(of).to_vec()
        }
        None => {
            let path = section.trim_start_matches("default.").to_owned();
            vec![(format!("[{section}]\n{line}\n"), path)]
        }
    };
    made.into_iter()
}

/// What is said of a path where the least configuration has this on top.
fn complaint(toml: &str, at: impl Fn(&str) -> bool) -> Option<String> {
    let problems = load(&[LEAST, toml]).err()?;
    problems.iter().find(|problem| at(&problem.path)).map(|problem| problem.message.clone())
}

fn load(files: &[&str]) -> Result<Blueprint, Problems> {
    let figment = files
        .iter()
        .fold(Figment::new(), |figment, file| figment.merge(Toml::string(file).nested()));
    Blueprint::load_with(&figment.select("default"), &|_| None)
}

/// Every section with the keys the code knows in it, found by asking at every key whether it
/// holds a section.
pub(super) fn sections() -> BTreeMap<String, Vec<String>> {
    let mut found = BTreeMap::new();
    look("default.sharding", &mut found);
    found
}

fn look(section: &str, found: &mut BTreeMap<String, Vec<String>>) {
    let Some(keys) = known(section) else { return };
    found.insert(section.to_owned(), keys.clone());
    for key in keys {
        let inner = format!("{section}.{key}");
        if let Some(keys) = known_in_entry(section, &key) {
            found.insert(format!("An entry of {key}"), keys);
        } else if ["shards", "keyspaces"].contains(&key.as_str()) {
            look(&format!("{inner}.NAME"), found);
        } else {
            look(&inner, found);
        }
    }
}

/// The keys of a section; none if it is no section.
fn known(section: &str) -> Option<Vec<String>> {
    let strange = format!("{STRANGE} = 1");
    spellings(section, &strange)
        .find_map(|(toml, path)| complaint(&toml, |at| at == format!("{path}.{STRANGE}")))
        .and_then(|message| names(&message))
}

fn known_in_entry(section: &str, key: &str) -> Option<Vec<String>> {
    let line = format!("{key} = [ {{ {STRANGE} = 1 }} ]");
    spellings(section, &line)
        .find_map(|(toml, path)| complaint(&toml, |at| at == format!("{path}.{key}[0].{STRANGE}")))
        .and_then(|message| names(&message))
}

fn names(message: &str) -> Option<Vec<String>> {
    let (_, names) = message.split_once("known here: ")?;
    Some(names.split(", ").map(str::to_owned).collect())
}

/// The least configuration with every default written out.
pub(super) fn in_force() -> toml::Table {
    let blueprint = load(&[LEAST]).expect("it is a configuration");
    let shown = to_toml(&blueprint.settings).expect("it can be shown");
    shown.parse().expect("it is TOML")
}

/// A key's value in it, as the page would write it.
pub(super) fn value(in_force: &toml::Table, section: &str, key: &str) -> Option<String> {
    let keyspaces = ["range", "region", "ring"].map(|rule| section.replace("NAME", rule));
    let named = match section.starts_with("default.sharding.keyspaces.") {
        true => keyspaces.to_vec(),
        false => vec![section.to_owned()],
    };
    let mut found = named.iter().filter_map(|section| {
        let root = toml::Value::Table(in_force.clone());
        let table = section.split('.').try_fold(&root, |value, part| value.get(part))?;
        // What stands beside a shard's url is shown in its pool, and so are the pools' defaults.
        let value = table.get(key).or_else(|| table.get("pool").and_then(|pool| pool.get(key)));
        value.map(text)
    });
    match section {
        "default.sharding.pool" => value(in_force, "default.sharding.shards.NAME.pool", key),
        _ => found.next(),
    }
}

fn text(value: &toml::Value) -> String {
    match value {
        toml::Value::String(text) => text.clone(),
        toml::Value::Array(all) if all.len() == 1 && all[0].as_str() == Some("NAME") => {
            "\"all\"".to_owned()
        }
        other => other.to_string(),
    }
}
