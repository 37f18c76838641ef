//! Everything wrong with a file is said at once.

use super::file::{load, problems};

const TEN: &str = r#"
[default.sharding]
deadline = "5"
colour = "red"
[default.sharding.pool]
max_sise = 3
[default.sharding.shards.shard-0]
url = "mysql://x"
[default.sharding.shards.shard-1]
weight = 0
url = "sqlite://one.db"
[default.sharding.shards.shard-2]
url = "sqlite://two.db"
connect_timeout = 3
[default.sharding.shards.shard-3]
url = "sqlite://two.db"
[default.sharding.keyspaces.a]
strategy = "rnage"
[default.sharding.keyspaces.b]
strategy = "range"
ranges = [ { end = 9, shard = "shard-1" }, { start = 8, shard = "shard-2" } ]
[default.sharding.keyspaces.c]
strategy = "region"
regions = { eu = "shard-9" }
"#;

#[test]
fn ten_mistakes_are_ten_problems_each_with_its_path() {
    let found = load(TEN).expect_err("ten mistakes");
    let mut paths: Vec<&str> = found.iter().map(|problem| problem.path.as_str()).collect();
    paths.sort_unstable();
    assert_eq!(
        paths,
        [
            "sharding.colour",
            "sharding.deadline",
            "sharding.keyspaces.a.strategy",
            "sharding.keyspaces.b",
            "sharding.keyspaces.c.regions.eu",
            "sharding.pool.max_sise",
            "sharding.shards.shard-0.url",
            "sharding.shards.shard-1.weight",
            "sharding.shards.shard-2.connect_timeout",
            "sharding.shards.shard-3.url",
        ]
    );
    let text = found.to_string();
    assert!(text.starts_with("the configuration has 10 problems\n"), "{text}");
    assert_eq!(text.lines().count(), 11, "a line each: {text}");
    for problem in found.iter() {
        assert!(text.contains(&format!("\n  {}: {}", problem.path, problem.message)), "{text}");
    }
}

fn paths(piece: &str) -> Vec<String> {
    let strip = |path: String| path.replace("sharding.", "");
    problems(piece).into_iter().map(|(path, _)| strip(path)).collect()
}

#[test]
fn one_rule_says_everything_that_is_wrong_with_it() {
    let piece = "[keyspaces.users]\nranges = [ { end = 'x', shard = 'no' }, { strat = 1 } ]";
    let mut found = paths(piece);
    found.sort();
    let users = |rest: &str| format!("keyspaces.users.ranges{rest}");
    assert_eq!(found, ["[0].end", "[0].shard", "[1].shard", "[1].strat"].map(users));
}

#[test]
fn a_default_that_is_wrong_hides_no_region_that_is() {
    let piece = "[keyspaces.accounts]\ndefault = 'no'\nregions = { eu = 'nowhere' }";
    let mut found = paths(piece);
    found.sort();
    assert_eq!(found, ["keyspaces.accounts.default", "keyspaces.accounts.regions.eu"]);
}

#[test]
fn two_contradictions_of_one_rule_are_two_problems() {
    let piece = "[keyspaces.users]\nranges = [ { end = 9, shard = 'shard-0' }, \
                 { start = 8, end = 20, shard = 'shard-1' }, { start = 19, shard = 'shard-0' } ]";
    let found = problems(piece);
    assert_eq!(found.len(), 2, "..9 with 8..20, and 8..20 with 19..: {found:#?}");
}

#[test]
fn a_file_without_shards_says_so_beside_its_other_mistakes() {
    let text = "[default.sharding]\ndeadline = 5";
    let found = load(text).expect_err("two mistakes");
    let paths: Vec<&str> = found.iter().map(|problem| problem.path.as_str()).collect();
    assert_eq!(paths, ["sharding.deadline", "sharding.shards"]);
}

/// A mistake in the common pool is the pool's, not each shard's.
#[test]
fn one_mistake_in_the_pool_is_one_problem() {
    assert_eq!(paths("[pool]\nmax_size = 2\nmin_idle = 3"), ["pool.min_idle"]);
}

#[test]
fn a_ring_without_shards_still_has_its_weights_read() {
    let piece = "[keyspaces.orders]\nshards = ['no']\nweights = { shard-0 = 'heavy' }";
    let found = paths(piece);
    assert!(found.contains(&"keyspaces.orders.shards[0]".to_owned()), "{found:?}");
    assert!(found.contains(&"keyspaces.orders.weights.shard-0".to_owned()), "{found:?}");
}
