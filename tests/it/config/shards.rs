//! Mistakes about one shard, and about shards that other entries name.

use super::file::{one_mistake, problems};

#[test]
fn a_shard_needs_a_url() {
    let piece = "[shards.shard-2]\nweight = 2";
    one_mistake(piece, "shards.shard-2.url", &["is missing", "sqlite://data/shard-0.db"]);
}

#[test]
fn two_shards_never_share_a_database() {
    for (piece, twin) in [
        ("[shards.shard-1]\nurl = 'sqlite://data/shard-0.db'", "shard-0"),
        ("[shards.shard-1]\nurl = 'sqlite://./data//shard-0.db'", "shard-0"),
        ("[shards.shard-1]\nurl = 'sqlite:data/shard-0.db'", "shard-0"),
    ] {
        one_mistake(piece, "shards.shard-1.url", &["database", twin, "its own"]);
    }
    for second in [
        "postgres://b:y@LOCALHOST:5432/app?sslmode=disable",
        "postgresql://localhost/app",
        "postgres://localhost/%61pp",
    ] {
        let piece = format!(
            "[shards.shard-0]\nurl = 'postgres://a:x@localhost/app'\n[shards.shard-1]\nurl = '{second}'"
        );
        one_mistake(&piece, "shards.shard-1.url", &["shard-0"]);
    }
    let apart = "[shards.shard-0]\nurl = 'postgres://localhost/a'\n\
                 [shards.shard-1]\nurl = 'postgres://localhost:5433/a'";
    assert_eq!(problems(apart), []);
}

#[test]
fn more_idle_connections_than_connections_are_refused() {
    let piece = "[pool]\nmax_size = 2\nmin_idle = 3";
    one_mistake(piece, "pool.min_idle", &["3", "max_size", "2"]);
    let piece = "[shards.shard-1]\nmax_size = 2\nmin_idle = 3";
    one_mistake(piece, "shards.shard-1.min_idle", &["3", "max_size", "2"]);
    let piece = "[shards.shard-1.pool]\nmin_idle = 9";
    one_mistake(piece, "shards.shard-1.pool.min_idle", &["9", "max_size", "8"]);
}

#[test]
fn a_total_below_the_minimums_is_refused_with_the_number_to_set() {
    for (piece, path) in [
        ("max_total = 1", "max_total"),
        ("[pool]\nmax_total = 1", "pool.max_total"),
        ("max_total = 1\n[pool]\nmax_total = 1", "max_total"),
    ] {
        one_mistake(piece, path, &["is 1", "minimums", "min_idle", "at least 2"]);
    }
    let piece = "max_total = 6\n[pool]\nmin_idle = 2\n[shards.shard-1]\nmin_idle = 5";
    one_mistake(piece, "max_total", &["is 6", "come to 7", "at least 7"]);
    assert_eq!(problems(&piece.replace('6', "7")), []);
}

/// One whose url is wrong will have connections as well once it is right.
#[test]
fn the_minimum_of_a_shard_with_a_bad_url_counts() {
    let piece = "max_total = 1\n[shards.shard-1]\nurl = 'mysql://x'";
    let found = problems(piece);
    let total = found.iter().find(|(path, _)| path == "sharding.max_total");
    assert!(total.is_some_and(|(_, message)| message.contains("at least 2")), "{found:?}");
}

#[test]
fn a_total_is_given_once_or_twice_the_same_and_for_all_shards() {
    one_mistake("max_total = 9\n[pool]\nmax_total = 8", "pool.max_total", &["is 8", "is 9"]);
    assert_eq!(problems("max_total = 9\n[pool]\nmax_total = 9"), []);
    one_mistake("max_total = 0", "max_total", &["whole number from 1 to"]);
    one_mistake("[pool]\nmax_total = 'all'", "pool.max_total", &["whole number from 1 to"]);
    one_mistake("max_totl = 9", "max_totl", &["did you mean `max_total`?"]);
    let own = "unknown key";
    one_mistake("[shards.shard-1]\nmax_total = 9", "shards.shard-1.max_total", &[own]);
    one_mistake("[shards.shard-1.pool]\nmax_total = 9", "shards.shard-1.pool.max_total", &[own]);
}

/// A shard's settings beside its url and in its `pool` are one set.
#[test]
fn both_places_of_a_shards_pool_are_judged_together() {
    let piece = "[shards.shard-1]\nmin_idle = 9\npool = { max_size = 20 }";
    assert_eq!(problems(piece), []);
}

#[test]
fn a_shard_that_is_not_there_is_named_with_its_nearest() {
    let nearest = &["there is no shard `shrad-1`", "did you mean `shard-1`?"];
    let rest = "{ start = 50000, shard = 'shard-1' }";
    for (piece, path) in [
        (
            format!("[keyspaces.users]\nranges = [ {{ end = 50000, shard = 'shrad-1' }}, {rest} ]"),
            "keyspaces.users.ranges[0].shard",
        ),
        (
            "[keyspaces.accounts.regions]\neu = 'shrad-1'".to_owned(),
            "keyspaces.accounts.regions.eu",
        ),
        ("[keyspaces.accounts]\ndefault = 'shrad-1'".to_owned(), "keyspaces.accounts.default"),
        ("[keyspaces.users.pins]\n42 = 'shrad-1'".to_owned(), "keyspaces.users.pins.42"),
        (
            "[keyspaces.orders]\nshards = ['shard-0', 'shrad-1']".to_owned(),
            "keyspaces.orders.shards[1]",
        ),
    ] {
        one_mistake(&piece, path, nearest);
    }
    let piece = "[keyspaces.accounts.regions]\neu = 'elsewhere'";
    one_mistake(piece, "keyspaces.accounts.regions.eu", &["`elsewhere`", "shard-0, shard-1"]);
}

#[test]
fn a_weight_is_of_a_shard_on_the_ring() {
    let path = "keyspaces.orders.weights.shrad-1";
    let piece = "[keyspaces.orders.weights]\nshrad-1 = 2";
    one_mistake(piece, path, &["no shard `shrad-1`"]);
    let piece = "[keyspaces.orders]\nshards = ['shard-0']\nweights = { shard-1 = 2 }";
    one_mistake(piece, "keyspaces.orders.weights.shard-1", &["shard-1", "ring"]);
    let piece = "[keyspaces.orders.weights]\nshard-1 = 0";
    one_mistake(piece, "keyspaces.orders.weights.shard-1", &["from 1 to"]);
}

#[test]
fn a_misspelt_weight_is_offered_the_nearest_shard() {
    let path = "keyspaces.orders.weights.shrad-1";
    one_mistake("[keyspaces.orders.weights]\nshrad-1 = 2", path, &["did you mean `shard-1`?"]);
}

/// Nothing but the shard's own url is wrong here, whatever names the shard.
#[test]
fn a_shard_with_a_bad_url_is_still_a_shard_to_those_that_name_it() {
    let url = "[shards.shard-1]\nurl = 'mysql://x'\n";
    let at = "shards.shard-1.url";
    one_mistake(url, at, &["postgres://", "sqlite://"]);
    one_mistake(&format!("{url}[keyspaces.orders.weights]\nshard-1 = 2"), at, &[]);
    one_mistake(&format!("{url}[keyspaces.orders]\nshards = ['shard-1']"), at, &[]);
}

#[test]
fn a_ring_of_shards_with_bad_urls_is_no_mistake_of_the_ring() {
    let piece = "[shards.shard-0]\nurl = 'mysql://x'\n[shards.shard-1]\nurl = 'mysql://y'";
    let paths: Vec<String> = problems(piece).into_iter().map(|(path, _)| path).collect();
    assert_eq!(paths, ["sharding.shards.shard-0.url", "sharding.shards.shard-1.url"]);
}

#[test]
fn a_shard_stands_on_a_ring_once() {
    let piece = "[keyspaces.orders]\nshards = ['shard-0', 'shard-0']";
    one_mistake(piece, "keyspaces.orders", &["shard-0", "twice", "weight"]);
    one_mistake("[keyspaces.orders]\nshards = []", "keyspaces.orders.shards", &["at least one"]);
}
