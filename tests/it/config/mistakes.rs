//! One mistake, one problem: of names and of types, at each level of the file.

use super::file::{load, one_mistake, problems};

#[test]
fn an_unknown_key_is_offered_its_nearest_name() {
    for (piece, path, nearest) in [
        ("migrate_onstart = true", "migrate_onstart", "migrate_on_start"),
        ("dead_line = '5s'", "dead_line", "deadline"),
        ("[keyspace.users]\nstrategy = 'region'", "keyspace", "keyspaces"),
        ("[shard.shard-9]\nurl = 'x'", "shard", "shards"),
        ("[pool]\nmaxsize = 8", "pool.maxsize", "max_size"),
        ("[pool]\nconect_timeout = '1s'", "pool.conect_timeout", "connect_timeout"),
        ("[health]\nintreval = '1s'", "health.intreval", "interval"),
        ("[health]\nunhealthy = 3", "health.unhealthy", "unhealthy_after"),
        ("[shards.shard-0]\nulr = 'x'", "shards.shard-0.ulr", "url"),
        ("[shards.shard-0]\nwieght = 2", "shards.shard-0.wieght", "weight"),
        ("[shards.shard-0]\nmin_idel = 2", "shards.shard-0.min_idel", "min_idle"),
        ("[shards.shard-0.pool]\nmax_sise = 2", "shards.shard-0.pool.max_sise", "max_size"),
        ("[keyspaces.orders]\nvirtual_node = 9", "keyspaces.orders.virtual_node", "virtual_nodes"),
        ("[keyspaces.users]\nallow_gap = true", "keyspaces.users.allow_gap", "allow_gaps"),
        ("[keyspaces.accounts]\ndefualt = 'shard-0'", "keyspaces.accounts.defualt", "default"),
        ("[keyspaces.accounts]\npin = { a = 'shard-0' }", "keyspaces.accounts.pin", "pins"),
        (
            "[keyspaces.users]\nranges = [ { strat = 0, shard = 'shard-0' } ]",
            "keyspaces.users.ranges[0].strat",
            "start",
        ),
    ] {
        let offer = format!("did you mean `{nearest}`?");
        // An entry of `ranges` without its start leaves other keys unplaced.
        let piece = piece.replace("strat = 0, ", "strat = 0, end = 50000, ");
        let piece = piece.replace(
            "shard = 'shard-0' } ]",
            "shard = 'shard-0' }, { start = 50000, shard = 'shard-1' } ]",
        );
        one_mistake(&piece, path, &["unknown key", &offer]);
    }
}

#[test]
fn a_name_like_no_other_is_told_what_there_is() {
    one_mistake("colour = 'red'", "colour", &["unknown key", "migrate_on_start", "keyspaces"]);
    one_mistake("[pool]\ncolour = 1", "pool.colour", &["max_size", "statement_timeout"]);
}

#[test]
fn a_value_of_another_type_says_which_is_meant() {
    let ms = "\"500ms\"";
    for (piece, path, words) in [
        ("migrate_on_start = 'yes'", "migrate_on_start", &["true or false", "found text"][..]),
        ("deadline = 5", "deadline", &["unit", ms]),
        ("pool = 'big'", "pool", &["expected a table", "found text"]),
        ("[pool]\nmax_size = 'big'", "pool.max_size", &["whole number", "from 1 to"]),
        ("[pool]\nmax_size = 2.5", "pool.max_size", &["whole number"]),
        ("[shards]\nshard-1 = 'sqlite://x.db'", "shards.shard-1", &["a table", "found text"]),
        ("[shards.shard-0]\nurl = true", "shards.shard-0.url", &["text", "true or false"]),
        ("[shards.shard-0]\nurl = ['x']", "shards.shard-0.url", &["text", "an array"]),
        ("[shards.shard-0]\nweight = 'heavy'", "shards.shard-0.weight", &["whole number"]),
        ("[shards.shard-0]\nweight = 0", "shards.shard-0.weight", &["from 1 to"]),
        ("[keyspaces]\nusers = 'range'", "keyspaces.users", &["expected a table"]),
        ("[keyspaces.orders]\nstrategy = ['x']", "keyspaces.orders.strategy", &["text", "array"]),
        ("[keyspaces.orders]\nvirtual_nodes = 0", "keyspaces.orders.virtual_nodes", &["1 to"]),
        ("[keyspaces.orders]\nvirtual_nodes = -1", "keyspaces.orders.virtual_nodes", &["1 to"]),
        ("[keyspaces.orders]\nshards = 'some'", "keyspaces.orders.shards", &["\"all\"", "array"]),
        ("[keyspaces.orders]\nweights = ['x']", "keyspaces.orders.weights", &["a table"]),
        ("[keyspaces.users]\nallow_gaps = 'no'", "keyspaces.users.allow_gaps", &["true or false"]),
        ("[keyspaces.users]\nranges = 'all'", "keyspaces.users.ranges", &["ranges = ["]),
        ("[keyspaces.users]\nranges = ['x']", "keyspaces.users.ranges[0]", &["expected a table"]),
        ("[keyspaces.accounts]\nregions = ['eu']", "keyspaces.accounts.regions", &["a table"]),
        ("[keyspaces.accounts]\npins = ['x']", "keyspaces.accounts.pins", &["a table"]),
    ] {
        one_mistake(piece, path, words);
    }
}

/// A whole number where something else belongs is called what it is.
#[test]
fn a_number_is_called_a_number() {
    for (piece, path) in [
        ("pool = 5", "pool"),
        ("migrate_on_start = 1", "migrate_on_start"),
        ("[shards.shard-0]\nurl = 5432", "shards.shard-0.url"),
        ("[keyspaces.orders]\nstrategy = 3", "keyspaces.orders.strategy"),
    ] {
        one_mistake(piece, path, &["found a"]);
        let (_, message) = problems(piece).remove(0);
        assert!(!message.contains("out of bounds"), "nothing is out of bounds: {message}");
    }
}

#[test]
fn times_have_units_and_are_not_zero() {
    for key in ["acquire_timeout", "connect_timeout", "statement_timeout"] {
        for value in ["'0s'", "'0ms'", "'2'", "2", "2.5", "'soon'", "'-1s'", "'100us'", "''"] {
            let path = format!("pool.{key}");
            one_mistake(&format!("[pool]\n{key} = {value}"), &path, &["unit", "\"2s\""]);
            let path = format!("shards.shard-1.{key}");
            one_mistake(&format!("[shards.shard-1]\n{key} = {value}"), &path, &["unit"]);
        }
    }
    assert_eq!(problems("deadline = '90s'\n[pool]\nconnect_timeout = '1m 500ms'"), []);
}

#[test]
fn times_have_bounds_and_say_so() {
    for value in ["0s", "999us", "25h", "1000000000000years"] {
        let piece = format!("deadline = '{value}'");
        one_mistake(&piece, "deadline", &["of 1 ms to a day"]);
    }
    assert_eq!(problems("deadline = '1ms'\n[pool]\nacquire_timeout = '24h'"), []);
}

#[test]
fn names_of_shards_and_keyspaces_are_plain() {
    one_mistake(
        "[shards.'shard 2']\nurl = 'sqlite://x.db'",
        "shards.shard 2",
        &["`shard 2`", "' '"],
    );
    one_mistake("[keyspaces.'a/b']\nstrategy = 'consistent_hash'", "keyspaces.a/b", &["'/'"]);
    let long = "x".repeat(64);
    let piece = format!("[shards.{long}]\nurl = 'sqlite://x.db'");
    one_mistake(&piece, &format!("shards.{long}"), &["longer than 63"]);
}

#[test]
fn a_file_without_the_section_says_where_it_was_looked_for() {
    let message = |text| load(text).expect_err("nothing there").to_string();
    let empty = message("");
    assert!(empty.contains("sharding: is missing"), "{empty}");
    assert!(empty.contains("profile `default`") && empty.contains("ROCKET_CONFIG"), "{empty}");
    assert!(message("[default.shardin.pool]").contains("did you mean it by `shardin`?"));
    assert!(message("[default.sharding]").contains("[default.sharding.shards.shard-0]"));
    let scalar = message("[default]\nsharding = 'yes'");
    assert!(scalar.contains("sharding: expected a table, found text"), "{scalar}");
}
