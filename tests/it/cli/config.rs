//! `config check` and `config show`.

use insta::assert_snapshot;

use crate::process::Folder;

#[test]
fn a_good_configuration_passes_and_no_database_is_touched() {
    let folder = Folder::fresh();
    let ran = folder.run(&["config", "check"]).expect(0);
    assert_snapshot!(ran.stdout, @"profile debug: 3 shards, 2 keyspaces, all in order");
    assert_eq!(ran.stderr, "");
    assert_eq!(folder.files(), ["Rocket.toml"]);
}

#[test]
fn every_problem_is_told_at_once_with_its_path() {
    let folder = Folder::with(
        r#"
        [default.sharding]
        migrate_on_strat = true
        [default.sharding.pool]
        max_sise = 8
        max_size = 0
        [default.sharding.shards.shard-0]
        url = "mysql://me@localhost/x"
        [default.sharding.shards.shard-1]
        url = "postgres://me:${NO_SUCH_VARIABLE}@localhost/x"
        [default.sharding.shards.shard-2]
        url = "sqlite://c.db"
        [default.sharding.keyspaces.users]
        strategy = "rnage"
        [default.sharding.keyspaces.orders]
        strategy = "consistent_hash"
        shards = ["shard-2", "shard-7"]
        "#,
    );
    for command in
        [&["config", "check"][..], &["config", "show"], &["serve"], &["migration", "run"]]
    {
        let ran = folder.run(command).expect(2);
        assert_eq!(ran.stdout, "");
        for (path, words) in [
            ("sharding.migrate_on_strat", "did you mean `migrate_on_start`?"),
            ("sharding.pool.max_sise", "did you mean `max_size`?"),
            ("sharding.pool.max_size", "from 1 to"),
            ("sharding.shards.shard-0.url", "postgres://"),
            ("sharding.shards.shard-1.url", "NO_SUCH_VARIABLE"),
            ("sharding.keyspaces.users.strategy", "did you mean `range`?"),
            ("sharding.keyspaces.orders.shards[1]", "there is no shard `shard-7`"),
        ] {
            let line = ran.stderr.lines().find(|line| line.trim().starts_with(&format!("{path}:")));
            let line = line.unwrap_or_else(|| panic!("nothing of {path} in {}", ran.stderr));
            assert!(line.contains(words), "{words} is not in {line}");
        }
        assert!(ran.stderr.contains("has 7 problems"), "{}", ran.stderr);
    }
    assert_eq!(folder.files(), ["Rocket.toml"]);
}

#[test]
fn a_file_that_is_not_there_or_not_toml_is_a_configuration_error() {
    let nothing = Folder::with("").run(&["config", "check"]).expect(2);
    assert!(nothing.stderr.contains("ROCKET_CONFIG"), "{}", nothing.stderr);
    let garbage = Folder::with("[default.shard").run(&["config", "check"]).expect(2);
    assert!(garbage.stderr.contains("TOML"), "{}", garbage.stderr);
    assert_eq!(garbage.stdout, "");
}

#[test]
fn show_prints_the_effective_configuration_as_toml_without_passwords() {
    let folder = Folder::fresh()
        .env("ROCKET_PROFILE", "postgres")
        .env("SHARD_0_PASSWORD", "hunter2")
        .env("SHARD_1_PASSWORD", "hunter2")
        .env("SHARD_2_PASSWORD", "hunter2");
    let ran = folder.run(&["config", "show"]).expect(0);
    assert!(!ran.words().contains("hunter2"), "{ran:?}");
    let shown: toml::Table = ran.stdout.parse().expect("it is TOML");
    let sharding = find(&shown, "sharding").expect("it shows the sharding");
    let shard = &sharding["shards"]["shard-0"];
    let url = "postgres://shardwright:***@shard-0:5432/shardwright?sslmode=disable";
    assert_eq!(shard["url"].as_str(), Some(url));
    assert_eq!(shard["pool"]["max_size"].as_integer(), Some(8), "inherited from the default");
    assert_eq!(sharding["health"]["interval"].as_str(), Some("1s"));
    assert_eq!(sharding["health"]["unhealthy_after"].as_integer(), Some(3));
    assert_eq!(sharding["telemetry"]["metrics"].as_bool(), Some(true));
    assert_eq!(sharding["telemetry"]["slow_query"].as_str(), Some("250ms"));
    let orders = &sharding["keyspaces"]["orders"];
    assert_eq!(orders["virtual_nodes"].as_integer(), Some(150), "a default is written out");
    assert_eq!(sharding["keyspaces"]["users"]["strategy"].as_str(), Some("range"));
}

/// A table by its name, wherever it is.
fn find<'a>(table: &'a toml::Table, name: &str) -> Option<&'a toml::Table> {
    match table.get(name).and_then(toml::Value::as_table) {
        Some(found) => Some(found),
        None => table.values().filter_map(toml::Value::as_table).find_map(|t| find(t, name)),
    }
}

/// It is one table per profile in Rocket.toml, so what is shown must be in one to be of use.
#[test]
fn what_show_prints_can_be_put_into_rocket_toml() {
    let first = Folder::fresh().run(&["config", "show"]).expect(0);
    let second = Folder::with(&first.stdout).run(&["config", "show"]).expect(0);
    assert_eq!(first.stdout, second.stdout);
}

#[test]
fn the_total_of_connections_is_shown_where_there_is_one() {
    let shown = Folder::fresh().run(&["config", "show"]).expect(0).stdout;
    assert!(!shown.contains("max_total"), "{shown}");
    for given in ["{max_total=12}", "{pool={max_total=12}}"] {
        let folder = Folder::fresh().env("ROCKET_SHARDING", given);
        let shown = folder.run(&["config", "show"]).expect(0).stdout;
        let table: toml::Table = shown.parse().expect("TOML");
        assert_eq!(table["default"]["sharding"]["max_total"].as_integer(), Some(12), "{shown}");
        assert_eq!(Folder::with(&shown).run(&["config", "show"]).expect(0).stdout, shown);
    }
}

#[test]
fn switching_a_strategy_is_one_changed_line() {
    for strategy in ["region", "consistent_hash"] {
        let folder = Folder::fresh();
        folder.edit(r#"strategy = "range""#, &format!("strategy = \"{strategy}\""));
        folder.run(&["config", "check"]).expect(0);
        let shown = folder.run(&["config", "show"]).expect(0).stdout;
        assert!(shown.contains(&format!("strategy = \"{strategy}\"")), "{shown}");
    }
}

#[test]
fn the_environment_overrides_the_file() {
    let folder = Folder::fresh().env("ROCKET_SHARDING", "{pool={max_size=3}}");
    let shown = folder.run(&["config", "show"]).expect(0).stdout;
    assert!(shown.contains("max_size = 3") && !shown.contains("max_size = 8"), "{shown}");
}
