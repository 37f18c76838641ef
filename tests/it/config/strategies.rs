//! Mistakes about placement rules.

use super::file::{one_mistake, problems};

#[test]
fn a_strategy_there_is_not_is_offered_the_nearest() {
    for (given, nearest) in
        [("rang", "range"), ("regions", "region"), ("consistent-hash", "consistent_hash")]
    {
        let piece = format!("[keyspaces.users]\nstrategy = '{given}'");
        let words = [given, &format!("did you mean `{nearest}`?")];
        one_mistake(&piece, "keyspaces.users.strategy", &words);
    }
    let all = ["`modulo`", "\"range\"", "\"region\"", "\"consistent_hash\""];
    one_mistake("[keyspaces.users]\nstrategy = 'modulo'", "keyspaces.users.strategy", &all);
}

#[test]
fn a_keyspace_needs_a_strategy() {
    let words = ["is missing", "\"range\"", "\"region\"", "\"consistent_hash\""];
    one_mistake("[keyspaces.more]\npins = {}", "keyspaces.more.strategy", &words);
}

#[test]
fn a_strategy_needs_its_own_settings() {
    let piece = "[keyspaces.more]\nstrategy = 'range'";
    one_mistake(piece, "keyspaces.more.ranges", &["ranges = ["]);
    let piece = "[keyspaces.more]\nstrategy = 'region'";
    one_mistake(piece, "keyspaces.more.regions", &["regions = {"]);
    let piece = "[keyspaces.more]\nstrategy = 'range'\nranges = []";
    one_mistake(piece, "keyspaces.more", &["no shard"]);
}

/// Lays other ranges over those of `users`; each bound may be left out.
fn users(ranges: &str) -> String {
    format!("[keyspaces.users]\nranges = [ {ranges} ]")
}

#[test]
fn an_overlap_names_both_entries() {
    let piece = users("{ end = 50001, shard = 'shard-0' }, { start = 50000, shard = 'shard-1' }");
    let words = ["..50001 of shard-0", "50000.. of shard-1", "overlaps"];
    one_mistake(&piece, "keyspaces.users", &words);
    // Whatever order they are written in.
    let piece = users("{ start = 7, shard = 'shard-1' }, { end = 9, shard = 'shard-0' }");
    one_mistake(&piece, "keyspaces.users", &["..9 of shard-0", "overlaps", "7.. of shard-1"]);
    // Both of one shard is a mistake like any other.
    let piece = users("{ shard = 'shard-0' }, { start = 1, end = 2, shard = 'shard-0' }");
    one_mistake(&piece, "keyspaces.users", &[".. of shard-0", "1..2 of shard-0"]);
}

#[test]
fn an_empty_range_is_named() {
    for (bounds, shown) in [
        ("start = 5, end = 5", "5..5"),
        ("start = 6, end = 5", "6..5"),
        ("end = -9223372036854775808", "..-9223372036854775808"),
    ] {
        let rest = "{ end = 50000, shard = 'shard-0' }, { start = 50000, shard = 'shard-0' }";
        let piece = users(&format!("{rest}, {{ {bounds}, shard = 'shard-1' }}"));
        one_mistake(&piece, "keyspaces.users", &[&format!("range {shown} of shard-1"), "empty"]);
    }
}

#[test]
fn a_gap_names_its_keys_and_both_neighbours_unless_allowed() {
    for (ranges, words) in [
        (
            "{ end = 10, shard = 'shard-0' }, { start = 20, shard = 'shard-1' }",
            &["keys 10..20", "..10 of shard-0", "20.. of shard-1", "allow_gaps = true"][..],
        ),
        ("{ start = 0, shard = 'shard-0' }", &["keys ..0", "0.. of shard-0", "allow_gaps"]),
        ("{ end = 0, shard = 'shard-0' }", &["keys 0..", "..0 of shard-0", "allow_gaps"]),
        (
            "{ end = 9223372036854775807, shard = 'shard-1' }",
            &["keys 9223372036854775807..", "shard-1"],
        ),
    ] {
        let piece = users(ranges);
        one_mistake(&piece, "keyspaces.users", words);
        assert_eq!(problems(&format!("{piece}\nallow_gaps = true")), []);
    }
}

#[test]
fn a_bound_is_a_64_bit_number() {
    let users = |bound: &str| users(&format!("{{ {bound}, shard = 'shard-0' }}"));
    for bound in ["'50000'", "1.5", "true"] {
        let piece = users(&format!("end = {bound}"));
        one_mistake(&piece, "keyspaces.users.ranges[0].end", &["64-bit whole number"]);
    }
    let piece = super::file::over(&users("start = -9223372036854775808"));
    shardwright::cluster::Blueprint::load_with(&piece, &|_| None).expect("i64::MIN is a bound");
}

#[test]
fn an_entry_names_its_shard() {
    let piece = users("{ end = 5 }, { start = 5, shard = 'shard-1' }");
    one_mistake(&piece, "keyspaces.users.ranges[0].shard", &["is missing", "shard"]);
}

/// The settings of the strategies not chosen may stand beside the chosen one's,
/// so that a switch is one line.
#[test]
fn what_other_strategies_read_is_no_unknown_key() {
    let piece =
        "[keyspaces.users]\nregions = { eu = 'shard-0' }\nvirtual_nodes = 150\nshards = 'all'";
    assert_eq!(problems(piece), []);
}
