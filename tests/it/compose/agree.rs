//! What the files must agree on; every disagreement is a sentence.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

use super::shard_url::{ShardUrl, variable};

/// The service's name, and the port Postgres listens on in its image.
const SERVICE: &str = "shardwright";
const POSTGRES_PORT: &str = "5432";

pub(super) struct Files<'a> {
    pub(super) compose: &'a str,
    pub(super) dockerfile: &'a str,
    pub(super) rocket: &'a str,
}

pub(super) fn disagreements(files: &Files<'_>) -> Vec<String> {
    let mut compose: Value = serde_yaml_ng::from_str(files.compose).expect("YAML");
    compose.apply_merge().expect("merges of tables");
    let rocket: toml::Table = files.rocket.parse().expect("TOML");
    let profile = &rocket["postgres"];
    let service = &compose["services"][SERVICE];
    let mut found = Vec::new();
    let mut volumes = BTreeSet::new();
    for (shard, settings) in profile["sharding"]["shards"].as_table().expect("shards") {
        let mut complain = |what: String| found.push(format!("{shard}: {what}"));
        let text = settings["url"].as_str().expect("a url");
        let Some(url) = ShardUrl::parse(text) else {
            complain("its url is not user:${PASSWORD}@host:port/database".to_owned());
            continue;
        };
        let server = &compose["services"][url.host];
        if server.is_null() {
            complain(format!("no service `{}`", url.host));
            continue;
        }
        one_server(&url, server, &mut complain);
        if variable(&environment(service, url.password)) != Some(url.password) {
            complain(format!("the service is not handed {}", url.password));
        }
        if service["depends_on"][url.host]["condition"].as_str() != Some("service_started") {
            complain("a shard that is not well must not hold the service up".to_owned());
        }
        let volume = volume(server);
        if compose["volumes"].get(&*volume).is_none() {
            complain(format!("there is no volume `{volume}`"));
        }
        if !volumes.insert(volume) {
            complain("two servers share the volume".to_owned());
        }
    }
    the_service(service, profile, files.dockerfile, &mut found);
    found
}

/// A shard's URL and the server it leads to.
fn one_server(url: &ShardUrl<'_>, server: &Value, complain: &mut dyn FnMut(String)) {
    if url.port != POSTGRES_PORT {
        complain(format!("port {} is not {POSTGRES_PORT}", url.port));
    }
    let password = environment(server, "POSTGRES_PASSWORD");
    if variable(&password) != Some(url.password) {
        complain(format!("the password is {} here and {password} there", url.password));
    }
    for (what, here, name) in
        [("user", url.user, "POSTGRES_USER"), ("database", url.database, "POSTGRES_DB")]
    {
        let there = environment(server, name);
        if here != there {
            complain(format!("{what} {here} is not the server's {there}"));
        }
    }
    if !server["image"].as_str().is_some_and(|image| image.starts_with("postgres:")) {
        complain("its image is not a tagged postgres".to_owned());
    }
    if server["healthcheck"]["test"].is_null() {
        complain("it has no health check".to_owned());
    }
    for port in list(&server["ports"]) {
        loopback_alone(&port, complain);
    }
}

/// The service's profile, address and port.
fn the_service(service: &Value, profile: &toml::Value, dockerfile: &str, found: &mut Vec<String>) {
    let mut complain = |what: String| found.push(format!("{SERVICE}: {what}"));
    if environment(service, "ROCKET_PROFILE") != "postgres" {
        complain("ROCKET_PROFILE is not postgres".to_owned());
    }
    let own = service["build"].as_str().or(service["build"]["context"].as_str());
    if own != Some(".") {
        complain("it is not built from here".to_owned());
    }
    let setting = |variable: &str, key: &str, default: &str| {
        let of_profile = match profile.get(key) {
            Some(toml::Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => default.to_owned(),
        };
        Some(environment(service, variable)).filter(|v| !v.is_empty()).unwrap_or(of_profile)
    };
    // Rocket's own default address is loopback, and in a container that is its own.
    let address = setting("ROCKET_ADDRESS", "address", "127.0.0.1");
    if !["0.0.0.0", "::"].contains(&address.as_str()) {
        complain(format!("it listens on {address}, unreachable from outside its container"));
    }
    let port = setting("ROCKET_PORT", "port", "8000");
    let published = list(&service["ports"]);
    if published.is_empty() {
        complain("no port is published".to_owned());
    }
    for mapping in published {
        if mapping.rsplit(':').next() != Some(port.as_str()) {
            complain(format!("it listens on {port}, and {mapping} is published"));
        }
        loopback_alone(&mapping, &mut complain);
    }
    for exposed in dockerfile.lines().filter_map(|line| line.strip_prefix("EXPOSE ")) {
        if exposed.trim() != port {
            complain(format!("it listens on {port}, and the Dockerfile says EXPOSE {exposed}"));
        }
    }
}

/// Docker's published ports pass a host's firewall by.
fn loopback_alone(mapping: &str, complain: &mut dyn FnMut(String)) {
    if !mapping.starts_with("127.0.0.1:") {
        complain(format!("port {mapping} is published to every network"));
    }
}

/// A service's variable, from either way of writing them; empty if it is not there.
fn environment(service: &Value, name: &str) -> String {
    let all = &service["environment"];
    let pairs: BTreeMap<String, String> = match all.as_mapping() {
        Some(map) => map.iter().map(|(key, value)| (text(key), text(value))).collect(),
        None => list(all)
            .iter()
            .map(|entry| match entry.split_once('=') {
                Some((key, value)) => (key.to_owned(), value.to_owned()),
                // A bare name is handed on as it is outside.
                None => (entry.clone(), format!("${{{entry}}}")),
            })
            .collect(),
    };
    pairs.get(name).cloned().unwrap_or_default()
}

/// The named volume that holds a server's data.
fn volume(server: &Value) -> String {
    let volumes = list(&server["volumes"]);
    let data = volumes.iter().find(|volume| volume.contains(":/var/lib/postgresql"));
    data.and_then(|volume| volume.split(':').next()).unwrap_or_default().to_owned()
}

fn list(value: &Value) -> Vec<String> {
    value.as_sequence().map(|items| items.iter().map(text).collect()).unwrap_or_default()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Null => String::new(),
        other => serde_yaml_ng::to_string(other).expect("YAML").trim().to_owned(),
    }
}
