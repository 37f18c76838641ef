//! Fingerprints that are stored beside rows, frozen.
//!
//! A running cluster keeps the fingerprint of the rule its rows were placed by
//! in every shard, and a start that finds another one is refused. If one of
//! these values changes although its rule does not, every cluster there is
//! refuses to start after the upgrade. So they must never change: mend the code.

use figment::{
    Figment,
    providers::{Format, Toml},
};
use md5::{Digest, Md5};
use shardwright::{
    cluster::Blueprint,
    routing::{RangeRouter, RegionRouter, Router},
};

use super::rules::{at, ids, ranges, ring};

const ORDERS: &str = "fc13ad725a0a4aab0378181af4fd193b";
const USERS: &str = "15d3a8e6cd2c271af73479a409d8e51b";
const REGIONS: &str = "2fd5e849ad589a3489c55ae7a07870e5";

const SHARDS: [&str; 3] = ["shard-0", "shard-1", "shard-2"];

#[test]
fn the_default_rules_have_their_frozen_fingerprints() {
    let orders = ring(&SHARDS.map(|name| (name, 1)), 150);
    assert_eq!(orders.fingerprint().to_string(), ORDERS);
    let users = RangeRouter::new(&ids(&SHARDS), ranges(&[50_000], &[0, 1]), false);
    assert_eq!(users.expect("a good rule").fingerprint().to_string(), USERS);
    let regions = [("eu", 0), ("us", 1), ("asia", 2)].map(|(name, i)| (name.to_owned(), at(i)));
    let regions = RegionRouter::new(&ids(&SHARDS), regions.to_vec(), None);
    assert_eq!(regions.expect("a good rule").fingerprint().to_string(), REGIONS);
}

/// The repository's own file still says those rules.
#[test]
fn the_repositorys_keyspaces_are_placed_by_those_rules() {
    let text = include_str!("../../../Rocket.toml");
    let figment = Figment::from(Toml::string(text).nested()).select("default");
    let blueprint =
        Blueprint::load_with(&figment, &|_| None).expect("the repository's Rocket.toml");
    let found: Vec<_> = blueprint
        .keyspaces
        .iter()
        .map(|keyspace| (keyspace.name.to_string(), keyspace.router.fingerprint().to_string()))
        .collect();
    assert_eq!(found, [("orders".into(), ORDERS.into()), ("users".into(), USERS.into())]);
}

/// The normal form as its documentation has it, written out once more: each
/// field after its length as a big-endian 64-bit number.
#[test]
fn the_users_fingerprint_is_md5_of_the_documented_form() {
    let mut digest = Md5::new();
    let mut field = |bytes: &[u8]| {
        digest.update((bytes.len() as u64).to_be_bytes());
        digest.update(bytes);
    };
    field(b"range");
    for (start, end, shard) in
        [(i128::from(i64::MIN), 50_000, "shard-0"), (50_000, i128::from(i64::MAX) + 1, "shard-1")]
    {
        field(&start.to_be_bytes());
        field(&end.to_be_bytes());
        field(shard.as_bytes());
    }
    let hex: String = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(hex, USERS);
}
