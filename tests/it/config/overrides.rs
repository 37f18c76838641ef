//! What stands where: a profile over the default, the environment over files,
//! a shard over the common pool.

use std::{process::Command, time::Duration};

use figment::providers::{Format, Toml};
use shardwright::{cluster::Blueprint, config::Rule};

use super::file::{REPOSITORY, figment, over};

#[test]
fn a_shard_overrides_any_of_the_pool_and_keeps_the_rest() {
    let piece = "[pool]\nmax_size = 20\nmin_idle = 2\nacquire_timeout = '7s'\n\
                 [shards.shard-0]\nmax_size = 5\nstatement_timeout = '1m'\n\
                 [shards.shard-1.pool]\nmin_idle = 4\nconnect_timeout = '250ms'";
    let blueprint = Blueprint::load_with(&over(piece), &|_| None).expect("a good file");
    let [zero, one] = blueprint.settings.shards.as_slice() else { panic!("two shards") };
    assert_eq!((zero.pool.max_size, zero.pool.min_idle), (5, 2));
    assert_eq!(zero.pool.statement_timeout, Duration::from_secs(60));
    assert_eq!(zero.pool.acquire_timeout, Duration::from_secs(7));
    assert_eq!((one.pool.max_size, one.pool.min_idle), (20, 4));
    assert_eq!(one.pool.connect_timeout, Duration::from_millis(250));
    assert_eq!(one.pool.statement_timeout, Duration::from_secs(10), "the default's default");
    assert_eq!(blueprint.settings.connections(), 25);
}

#[test]
fn weights_of_shards_count_unless_the_keyspace_has_its_own() {
    let piece = "[shards.shard-0]\nweight = 2\n[shards.shard-1]\nweight = 3\n\
                 [keyspaces.orders]\nvirtual_nodes = 40\nweights = { shard-1 = 5 }";
    let blueprint = Blueprint::load_with(&over(piece), &|_| None).expect("a good file");
    let orders = blueprint.settings.keyspaces.iter().find(|k| k.name.as_str() == "orders");
    let Rule::ConsistentHash { virtual_nodes, shards } = &orders.expect("orders").rule else {
        panic!("a ring");
    };
    let weights: Vec<_> = shards.iter().map(|s| (s.shard.as_str(), s.weight)).collect();
    assert_eq!((*virtual_nodes, weights), (40, vec![("shard-0", 2), ("shard-1", 5)]));
}

/// Sources merge deeply: a value deep inside replaces that value alone.
#[test]
fn a_later_source_changes_only_what_it_says() {
    let file = figment(REPOSITORY, "default");
    let merged = file
        .merge(Toml::string("[default.sharding.pool]\nmax_size = 3").nested())
        .merge(("sharding.shards.shard-1.weight", 4))
        .merge(("sharding.deadline", "9s"));
    let settings = Blueprint::load_with(&merged, &|_| None).expect("a good file").settings;
    assert_eq!(settings.deadline, Duration::from_secs(9));
    assert!(settings.shards.iter().all(|shard| shard.pool.max_size == 3));
    assert_eq!(settings.shards[0].pool.acquire_timeout, Duration::from_secs(2));
    assert_eq!(settings.shards.iter().map(|shard| shard.weight).collect::<Vec<_>>(), [1, 4, 1]);
    assert_eq!(settings.keyspaces.len(), 2);
}

/// Rocket's own variable, through the program itself: `ROCKET_SHARDING` is a
/// table of what is to be otherwise.
#[test]
fn rocket_sharding_in_the_environment_is_merged_deeply() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("Rocket.toml");
    std::fs::write(&file, REPOSITORY).expect("the file is written");
    let sharding = r#"{deadline="9s",pool={max_size=3},shards={shard-1={weight=4}}}"#;
    let output = Command::new(env!("CARGO_BIN_EXE_shardwright"))
        .args(["config", "show"])
        .current_dir(folder.path())
        .env("ROCKET_CONFIG", &file)
        .env("ROCKET_PROFILE", "default")
        .env("ROCKET_SHARDING", sharding)
        .output()
        .expect("the program runs");
    let shown = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{complaint}");
    let shown: toml::Table = shown.parse().expect("TOML");
    let sharding = &shown["default"]["sharding"];
    assert_eq!(sharding["deadline"].as_str(), Some("9s"));
    for (i, weight) in [1, 4, 1].into_iter().enumerate() {
        let shard = &sharding["shards"][format!("shard-{i}").as_str()];
        assert_eq!(shard["weight"].as_integer(), Some(weight));
        assert_eq!(shard["pool"]["max_size"].as_integer(), Some(3));
        assert_eq!(shard["pool"]["acquire_timeout"].as_str(), Some("2s"));
    }
}
