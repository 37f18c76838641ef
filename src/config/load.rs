use std::path::Path;

use figment::{Figment, Provider, value::Value};

use super::{
    AuthSettings, HealthSettings, PoolSettings, Problems, RateLimit, Sharding, TelemetrySettings,
    anchor::anchor, keyspace, keyspace::Shards, nearest, section::Section, shards, total::Total,
};

const SHARDING: &str = "sharding";

/// Reads `[sharding]` of the selected profile.
///
/// `env` looks up the variables that `${NAME}` in a URL asks for. What is wrong
/// goes into `problems`; what comes back is as much as could be read, so that
/// the floors above can add what *they* find wrong before anyone is told.
pub fn load(
    figment: &Figment,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Sharding {
    let mut sharding = match figment.find_value(SHARDING) {
        Ok(value) => {
            check_profile(figment, problems);
            read(&value, figment, env, problems)
        }
        Err(error) => {
            problems.add(SHARDING, why_absent(figment, env, &error));
            Sharding::default()
        }
    };
    anchor(&mut sharding.shards, figment);
    sharding
}

/// A profile that stands nowhere inherits everything from `default`: by a slip of
/// the keyboard a service would serve from other databases than it was told to.
fn check_profile(figment: &Figment, problems: &mut Problems) {
    let selected = figment.profile();
    let known: Vec<&str> = figment
        .profiles()
        .map(|profile| profile.as_str().as_str())
        .chain(["default", "debug", "release"])
        .collect();
    if !known.contains(&selected.as_str().as_str()) {
        let hint = nearest(selected.as_str().as_str(), known.iter().copied())
            .map(|meant| format!("; did you mean `{meant}`?"))
            .unwrap_or_default();
        problems.add("profile", format!("there is no profile `{selected}`{hint}"));
    }
}

fn read(
    value: &Value,
    figment: &Figment,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Sharding {
    let mut sharding = Sharding::default();
    let Some(mut root) = Section::of(SHARDING.to_owned(), value, problems) else {
        return sharding;
    };
    sharding.migrate_on_start = root.flag("migrate_on_start", problems).unwrap_or(true);
    sharding.deadline = root.duration("deadline", problems).unwrap_or(sharding.deadline);
    if let Some(mut section) = root.table("health", problems) {
        sharding.health = HealthSettings::read(&mut section, problems);
        section.close(problems);
    }
    if let Some(mut section) = root.table("auth", problems) {
        sharding.auth = AuthSettings::read(&mut section, figment, env, problems);
        section.close(problems);
    }
    if let Some(mut section) = root.table("rate_limit", problems) {
        sharding.rate_limit = RateLimit::read(&mut section, problems);
        section.close(problems);
    }
    if let Some(mut section) = root.table("telemetry", problems) {
        sharding.telemetry = TelemetrySettings::read(&mut section, problems);
        section.close(problems);
    }
    let mut total = Total::default();
    total.read(&mut root, problems);
    let mut pool = PoolSettings::default();
    if let Some(mut section) = root.table("pool", problems) {
        pool = pool.overridden(&mut section, problems);
        pool.check(section.path("min_idle"), problems);
        total.read(&mut section, problems);
        section.close(problems);
    }
    let mut names = Vec::new();
    if root.is_empty("shards") {
        problems.add("sharding.shards", "is missing; write [default.sharding.shards.shard-0]");
    }
    if let Some(section) = root.table("shards", problems) {
        names = section.entries().map(|(name, _)| name).collect();
        sharding.shards = shards::read(&section, &pool, env, problems);
        // One whose settings are wrong will have a pool too.
        let unread = names.len() - sharding.shards.len();
        let pools = sharding.shards.iter().map(|shard| &shard.pool);
        total.check(pools.chain(std::iter::repeat_n(&pool, unread)), problems);
    }
    if let Some(section) = root.table("keyspaces", problems) {
        let shards = Shards { names, settings: &sharding.shards };
        sharding.keyspaces = section
            .entries()
            .filter_map(|(name, value)| {
                keyspace::read(name, section.path(name), value, &shards, figment, problems)
            })
            .collect();
    }
    root.close(problems);
    sharding.max_total = total.value();
    sharding
}

/// A missing section, told apart from one whose name is misspelt and from a
/// file that can't be read at all.
fn why_absent(
    figment: &Figment,
    env: &dyn Fn(&str) -> Option<String>,
    error: &figment::Error,
) -> String {
    if !error.missing() {
        return without_source(&error.to_string());
    }
    if let Some(file) = env("ROCKET_CONFIG").filter(|file| !Path::new(file).exists()) {
        return format!("is missing: ROCKET_CONFIG names {file}, and there is no such file");
    }
    if figment.profiles().any(|profile| profile == SHARDING) {
        return "is missing; [sharding] is taken for a profile, write [default.sharding]"
            .to_owned();
    }
    let profile = figment.profile();
    let keys: Vec<String> = figment
        .data()
        .ok()
        .into_iter()
        .flat_map(|profiles| profiles.into_values())
        .flat_map(|values| values.into_keys())
        .collect();
    match nearest(SHARDING, keys.iter().map(String::as_str)) {
        Some(found) => format!("is missing; did you mean it by `{found}`?"),
        None => format!(
            "is missing in profile `{profile}`; run where Rocket.toml is, or name the file in \
             ROCKET_CONFIG"
        ),
    }
}

/// A parser's complaint without the lines of the file it quotes, one of which
/// may hold a password.
pub fn without_source(complaint: &str) -> String {
    let is_quote = |line: &&str| {
        line.trim_start_matches(|c: char| c.is_ascii_digit() || c == ' ').starts_with('|')
    };
    let kept: Vec<_> = complaint.lines().filter(|line| !is_quote(line)).map(str::trim).collect();
    kept.join(": ")
}
