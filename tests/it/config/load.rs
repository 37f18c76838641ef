//! The repository's own Rocket.toml, in each of its profiles.

use std::time::Duration;

use shardwright::{
    cluster::Blueprint,
    config::{Backend, DatabaseUrl, PoolSettings, Rule},
    key::{KeyRange, ShardKey},
};

use super::file::{REPOSITORY, figment, load};

fn postgres(env: &dyn Fn(&str) -> Option<String>) -> Result<Blueprint, String> {
    Blueprint::load_with(&figment(REPOSITORY, "postgres"), env).map_err(|p| p.to_string())
}

#[test]
fn the_default_profile_is_three_sqlite_files() {
    let blueprint = load(REPOSITORY).expect("the repository's Rocket.toml");
    let settings = &blueprint.settings;
    assert!(settings.migrate_on_start);
    assert_eq!(settings.deadline, Duration::from_secs(5));
    assert_eq!(blueprint.shards().iter().map(|id| id.as_str()).collect::<Vec<_>>(), SHARDS);
    for (i, shard) in settings.shards.iter().enumerate() {
        assert_eq!(shard.url, DatabaseUrl::Sqlite(format!("data/shard-{i}.db").into()));
        assert_eq!((shard.weight, &shard.pool), (1, &PoolSettings::default()));
    }
    assert_eq!(settings.connections(), 24);
}

const SHARDS: [&str; 3] = ["shard-0", "shard-1", "shard-2"];

#[test]
fn its_keyspaces_are_orders_by_tenant_and_users_by_id() {
    let blueprint = load(REPOSITORY).expect("the repository's Rocket.toml");
    let [orders, users] = blueprint.settings.keyspaces.as_slice() else {
        panic!("two keyspaces: {:?}", blueprint.settings.keyspaces);
    };
    assert_eq!((orders.name.as_str(), users.name.as_str()), ("orders", "users"));
    let Rule::ConsistentHash { virtual_nodes: 150, shards } = &orders.rule else {
        panic!("{:?}", orders.rule);
    };
    let ring: Vec<_> = shards.iter().map(|s| (s.shard.as_str(), s.weight)).collect();
    assert_eq!(ring, SHARDS.map(|name| (name, 1)));
    let Rule::Range { entries, allow_gaps: false } = &users.rule else {
        panic!("{:?}", users.rule);
    };
    let ranges: Vec<_> = entries.iter().map(|e| (e.range, e.shard.as_str())).collect();
    let at = Some(50_000);
    assert_eq!(
        ranges,
        [
            (KeyRange { start: None, end: at }, "shard-0"),
            (KeyRange { start: at, end: None }, "shard-1")
        ]
    );
}

#[test]
fn the_release_profile_migrates_when_it_is_told_to() {
    let release = Blueprint::load_with(&figment(REPOSITORY, "release"), &|_| None);
    let release = release.expect("the repository's Rocket.toml").settings;
    assert!(!release.migrate_on_start);
    let default = load(REPOSITORY).expect("the repository's Rocket.toml").settings;
    let rest = |s: &shardwright::config::Sharding| format!("{:?}{:?}", s.shards, s.keyspaces);
    assert_eq!(rest(&release), rest(&default), "all else is as in the default profile");
}

#[test]
fn the_postgres_profile_takes_its_passwords_from_the_environment() {
    let env = |name: &str| {
        let number = name.strip_prefix("SHARD_")?.strip_suffix("_PASSWORD")?;
        Some(format!("p@ss/{number}"))
    };
    let blueprint = postgres(&env).expect("all passwords are there");
    assert_eq!(blueprint.shards().iter().map(|id| id.as_str()).collect::<Vec<_>>(), SHARDS);
    for (i, shard) in blueprint.settings.shards.iter().enumerate() {
        assert_eq!(shard.url.backend(), Backend::Postgres);
        let DatabaseUrl::Postgres(url) = &shard.url else { panic!("{:?}", shard.url) };
        let start = format!("postgres://shardwright:p%40ss%2F{i}@shard-{i}:5432/shardwright");
        assert!(url.expose().starts_with(&start), "{url}");
    }
    let key = ShardKey::int(49_999);
    let users = &blueprint.keyspaces[1].router;
    assert_eq!(users.route(&key).map(|shard| shard.get()), Ok(0), "the rules are the default's");
}

#[test]
fn each_missing_password_is_named_at_its_shard() {
    let message = postgres(&|_| None).expect_err("no passwords");
    for i in 0..3 {
        let line =
            format!("sharding.shards.shard-{i}.url: the environment variable SHARD_{i}_PASSWORD");
        assert!(message.contains(&line), "{message}");
    }
    assert_eq!(message.lines().count(), 4, "and nothing else: {message}");
}

/// One changed line of the file, and nothing else, switches a strategy.
#[test]
fn switching_users_is_one_changed_line() {
    for strategy in ["region", "consistent_hash"] {
        let lines: Vec<&str> = REPOSITORY.lines().collect();
        let section =
            lines.iter().position(|l| l.starts_with("[default.sharding.keyspaces.users]"));
        let at = section.expect("the users' section") + 1;
        let line = lines[at].replace("\"range\"", &format!("\"{strategy}\""));
        assert_ne!(line, lines[at], "the line below the section's name is its strategy");
        let mut switched = lines.clone();
        switched[at] = &line;
        let blueprint = load(&switched.join("\n")).expect(strategy);
        let users = &blueprint.keyspaces[1];
        assert_eq!((users.name.as_str(), users.router.strategy()), ("users", strategy));
        let key = ShardKey::int(7).in_region("asia");
        let home = users.router.route(&key).expect("a place").get();
        assert!(strategy == "consistent_hash" || home == 2, "asia is shard-2's");
    }
}
