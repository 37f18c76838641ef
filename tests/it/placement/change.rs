//! Two configurations joined.

use figment::{
    Figment,
    providers::{Format, Toml},
};
use insta::assert_snapshot;
use shardwright::{
    cluster::Blueprint,
    key::ShardKey,
    ops::placement::{Change, ChangeError},
};

fn blueprint(shards: &[(&str, &str)], keyspaces: &str) -> Blueprint {
    let shards: String = shards
        .iter()
        .map(|(name, url)| format!("[default.sharding.shards.{name}]\nurl = '{url}'\n"))
        .collect();
    let toml = Toml::string(&format!("{shards}{keyspaces}")).nested();
    Blueprint::load(&Figment::from(toml)).expect("a good configuration")
}

const RING: &str = "[default.sharding.keyspaces.orders]\nstrategy = 'consistent_hash'\n";
const A: (&str, &str) = ("a", "postgres://me:secret@localhost/a");
const B: (&str, &str) = ("b", "sqlite://b.db");
const C: (&str, &str) = ("c", "sqlite://c.db");

fn joined(before: &Blueprint, after: &Blueprint) -> Result<Change, ChangeError> {
    Change::new(before, after)
}

#[test]
fn both_rules_count_into_one_list() {
    let (before, after) = (blueprint(&[C, A], RING), blueprint(&[B, C], RING));
    let change = joined(&before, &after).expect("a change");
    let names: Vec<_> = change.names().iter().map(ToString::to_string).collect();
    assert_eq!(names, ["a", "b", "c"]);
    let [orders] = change.keyspaces.as_slice() else { panic!("one keyspace") };
    let places = |shards: &[shardwright::key::ShardIndex]| {
        shards.iter().map(|shard| shard.get()).collect::<Vec<_>>()
    };
    assert_eq!(places(&orders.only_before), [0]);
    assert_eq!(places(&orders.only_after), [1]);
    assert!(!orders.is_none());
    for i in 0..500 {
        let id = format!("tenant-{i}");
        let key = ShardKey::text(&id);
        for (own, router) in [(&before, &orders.before), (&after, &orders.after)] {
            let alone = own.keyspaces[0].router.route(&key).expect("a ring takes all");
            let joined = router.route(&key).expect("a ring takes all");
            assert_eq!(own.shards()[alone.get()], change.names()[joined.get()], "{id}");
        }
    }
}

#[test]
fn a_file_that_says_the_same_is_no_change() {
    let (before, after) = (blueprint(&[A, B], RING), blueprint(&[B, A], RING));
    assert!(joined(&before, &after).expect("a change").keyspaces[0].is_none());
}

#[test]
fn another_database_by_the_same_name_is_refused() {
    let moved = ("a", "postgres://me:hidden@localhost/elsewhere");
    let error = joined(&blueprint(&[A, B], RING), &blueprint(&[moved, B], RING));
    assert_snapshot!(error.expect_err("it moved"), @"shard a is postgres://me:***@localhost/a in the present configuration and postgres://me:***@localhost/elsewhere in the new one: its rows would be looked for where they are not; give the new database a new name");
    let swapped = [("b", "sqlite://c.db"), ("c", "sqlite://b.db")];
    let error = joined(&blueprint(&[B, C], RING), &blueprint(&swapped, RING));
    assert!(matches!(error, Err(ChangeError::OtherDatabase { .. })), "{error:?}");
}

#[test]
fn another_name_for_the_same_database_is_refused() {
    let renamed = ("z", "postgres://you:hidden@localhost/a");
    let error = joined(&blueprint(&[A, B], RING), &blueprint(&[renamed, B], RING));
    assert_snapshot!(error.expect_err("it was renamed"), @"the database postgres://you:***@localhost/a is shard a in the present configuration and shard z in the new one; a shard keeps its name");
}

#[test]
fn a_keyspace_of_one_file_alone_is_refused() {
    let more = format!("{RING}[default.sharding.keyspaces.users]\nstrategy = 'consistent_hash'\n");
    let (one, two) = (blueprint(&[B], RING), blueprint(&[B], &more));
    assert_snapshot!(joined(&two, &one).expect_err("users are lost"), @"keyspace users is missing in the new configuration; both must say where its rows belong");
    assert_snapshot!(joined(&one, &two).expect_err("users are new"), @"keyspace users is missing in the present configuration; both must say where its rows belong");
}
