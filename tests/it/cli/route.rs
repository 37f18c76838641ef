//! `route`: where a key lives and why.

use insta::assert_snapshot;
use serde_json::json;

use crate::process::Folder;

#[test]
fn a_table_for_people() {
    let folder = Folder::fresh();
    let ran = folder.run(&["route", "users", "49999", "50000", "-7", "-9223372036854775808"]);
    assert_snapshot!(ran.expect(0).stdout, @r"
    KEY                   SHARD    STRATEGY  WHY
    49999                 shard-0  range     key 49999 lies in the range ..50000 (start included, end not)
    50000                 shard-1  range     key 50000 lies in the range 50000.. (start included, end not)
    -7                    shard-0  range     key -7 lies in the range ..50000 (start included, end not)
    -9223372036854775808  shard-0  range     key -9223372036854775808 lies in the range ..50000 (start included, end not)
    ");
    assert_eq!(folder.files(), ["Rocket.toml"], "no database is touched");
}

#[test]
fn json_for_programs() {
    let folder = Folder::fresh();
    let answers = folder.run(&["route", "users", "7", "--json", "x"]).expect(1).json();
    let shard_0 = json!({
        "keyspace": "users",
        "key": "7",
        "shard": "shard-0",
        "strategy": "range",
        "why": "key 7 lies in the range ..50000 (start included, end not)",
    });
    assert_eq!(answers[0], shard_0);
    assert_eq!(answers[1]["key"], "x");
    assert!(answers[1]["error"].as_str().is_some_and(|e| e.contains("whole number")), "{answers}");
    assert_eq!(answers.as_array().map(Vec::len), Some(2));
}

/// The same place as the vectors of the ring give it.
#[test]
fn a_tenant_is_placed_on_the_ring() {
    let ran = Folder::fresh().run(&["route", "orders", "tenant-abc"]).expect(0);
    for words in ["shard-0", "consistent_hash", "2d9060e83997b518566dd3261b08daad"] {
        assert!(ran.stdout.contains(words), "{words} is not in {}", ran.stdout);
    }
}

#[test]
fn bad_keys_fail_and_good_ones_beside_them_are_answered() {
    let folder = Folder::fresh();
    for key in ["abc", "9223372036854775808", "1.5", ""] {
        let ran = folder.run(&["route", "users", key, "7"]).expect(1);
        assert!(ran.words().contains("must be a 64-bit whole number"), "{ran:?}");
        assert!(ran.stdout.contains("shard-0"), "{ran:?}");
    }
    let tenant = "x".repeat(256);
    let ran = folder.run(&["route", "orders", &tenant]).expect(1);
    assert!(ran.words().contains("at most 255 characters"), "{ran:?}");
    let ran = folder.run(&["route", "orders", ""]).expect(1);
    assert!(ran.words().contains("must not be empty"), "{ran:?}");
}

#[test]
fn an_unknown_keyspace_and_missing_keys_are_usage() {
    let folder = Folder::fresh();
    let ran = folder.run(&["route", "user", "7"]).expect(2);
    assert!(ran.stderr.contains("`user`"), "{}", ran.stderr);
    assert!(ran.stderr.contains("orders, users"), "those there are: {}", ran.stderr);
    assert_eq!(ran.stdout, "");
    folder.run(&["route", "users"]).expect(2);
    folder.run(&["route"]).expect(2);
    folder.run(&["rout", "users", "7"]).expect(2);
    folder.run(&["route", "users", "7", "--no-such-flag"]).expect(2);
}

#[test]
fn a_keyspace_by_region_needs_one() {
    let folder = Folder::fresh();
    folder.edit(r#"strategy = "range""#, r#"strategy = "region""#);
    let ran = folder.run(&["route", "users", "--region", "us", "7", "-7"]);
    assert_snapshot!(ran.expect(0).stdout, @r"
    KEY  SHARD    STRATEGY  WHY
    7    shard-1  region    region us is this shard's
    -7   shard-1  region    region us is this shard's
    ");
    let ran = folder.run(&["route", "users", "7"]).expect(1);
    assert!(ran.words().contains("region"), "{ran:?}");
    let ran = folder.run(&["route", "users", "7", "--region", "mars"]).expect(1);
    assert!(ran.words().contains("asia, eu, us"), "those there are: {ran:?}");
}

#[test]
fn a_ring_names_the_point_and_its_rival() {
    let ran = Folder::fresh().run(&["route", "orders", "tenant-abc"]).expect(0);
    assert_snapshot!(ran.stdout, @r"
    KEY         SHARD    STRATEGY         WHY
    tenant-abc  shard-0  consistent_hash  MD5 of the key is 2d9060e83997b518566dd3261b08daad; the next point on the ring is shard-0:132 at 2dc632c69d7a324e3f4ddb6e93ccc7d8; without shard-0 it would be shard-1:53 at 2e900cc231ebac3465f97e8a169112f2
    ");
}

#[test]
fn a_pin_says_what_its_rule_would_have_done() {
    let folder = Folder::fresh();
    folder.edit(
        "[default.sharding.keyspaces.users] ",
        "pins = { tenant-abc = 'shard-2', tenant-d = 'shard-2' }\n[default.sharding.keyspaces.users] ",
    );
    folder.edit(
        "[release.sharding]",
        "[default.sharding.keyspaces.users.pins]\n7 = 'shard-2'\n[release.sharding]",
    );
    let ran = folder.run(&["route", "orders", "tenant-abc", "tenant-d"]).expect(0);
    assert_snapshot!(ran.stdout, @r"
    KEY         SHARD    STRATEGY   WHY
    tenant-abc  shard-2  directory  pinned here; its consistent_hash rule would have it on shard-0
    tenant-d    shard-2  directory  pinned here; its consistent_hash rule would have it on shard-1
    ");
    let ran = folder.run(&["route", "users", "7"]).expect(0);
    assert_snapshot!(ran.stdout, @r"
    KEY  SHARD    STRATEGY   WHY
    7    shard-2  directory  pinned here; its range rule would have it on shard-0
    ");
}
