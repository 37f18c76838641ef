//! Configurations that differ in their rules.

use figment::{
    Figment,
    providers::{Format, Toml},
};
use shardwright::{
    cluster::Blueprint,
    key::{KeyspaceName, ShardKey},
};

use super::truth::Key;
use crate::support::cluster::TestCluster;

pub(super) const BY_RANGE: &str = "strategy = 'range'
    ranges = [ { end = 50000, shard = 'shard-0' }, { start = 50000, shard = 'shard-1' } ]";
/// The upper one of [`BY_RANGE`]'s ranges, split.
pub(super) const BY_SPLIT_RANGE: &str = "strategy = 'range'
    ranges = [ { end = 50000, shard = 'shard-0' }, { start = 50000, end = 70000, shard = 'shard-1' },
               { start = 70000, shard = 'shard-2' } ]";
pub(super) const BY_REGION: &str = "strategy = 'region'
    regions = { eu = 'shard-0', us = 'shard-1', asia = 'shard-2' }";
pub(super) const BY_HASH: &str = "strategy = 'consistent_hash'
    shards = ['shard-0', 'shard-1', 'shard-2']";
/// Over all shards, however many there are.
pub(super) const RING: &str = "strategy = 'consistent_hash'";

pub(super) const WEIGHTED: &str = "strategy = 'consistent_hash'
    weights = { shard-1 = 3 }";
pub(super) const WITHOUT_ONE: &str = "strategy = 'consistent_hash'
    shards = ['shard-0', 'shard-2']";

/// One file: how many of a cluster's databases it has, and the keyspaces' rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rules {
    pub(super) shards: usize,
    pub(super) users: &'static str,
    pub(super) orders: &'static str,
}

/// The rules of the repository's Rocket.toml.
pub(super) const FIRST: Rules = Rules { shards: 3, users: BY_RANGE, orders: RING };

/// Another file for the same shards, where many keys of both keyspaces live elsewhere.
pub(super) const OTHER: Rules = Rules { shards: 3, users: BY_HASH, orders: WEIGHTED };
/// And a third one.
pub(super) const THIRD: Rules = Rules { shards: 3, users: BY_REGION, orders: WITHOUT_ONE };

impl Rules {
    pub(super) fn users(self, users: &'static str) -> Rules {
        Rules { users, ..self }
    }

    pub(super) fn orders(self, orders: &'static str) -> Rules {
        Rules { orders, ..self }
    }

    pub(super) fn shards(self, shards: usize) -> Rules {
        Rules { shards, ..self }
    }

    /// The whole file.
    pub(super) fn toml(&self, cluster: &TestCluster) -> String {
        let shard = |(i, url)| format!("[default.sharding.shards.shard-{i}]\nurl = '{url}'\n");
        let shards: String = cluster.urls()[..self.shards].iter().enumerate().map(shard).collect();
        format!(
            "{shards}[default.sharding.keyspaces.orders]\n{}\n\
             [default.sharding.keyspaces.users]\n{}\n",
            self.orders, self.users
        )
    }

    /// The rules themselves, for asking where a key lives.
    pub(super) fn read(&self, cluster: &TestCluster) -> Placement {
        let toml = Toml::string(&self.toml(cluster)).nested();
        Placement(Blueprint::load(&Figment::from(toml)).expect("a good configuration"))
    }
}

/// Rules that answer. `shard-N` is number N in their order too.
#[derive(Debug)]
pub(super) struct Placement(Blueprint);

impl Placement {
    /// The shard that a key lives on.
    pub(super) fn home(&self, key: &Key) -> usize {
        let id = match key.keyspace {
            "users" => ShardKey::int(key.id.parse().expect("users have numbers")),
            _ => ShardKey::text(&key.id),
        };
        let id = match &key.region {
            Some(region) => id.in_region(region),
            None => id,
        };
        let home = self.keyspace(key.keyspace).router.route(&id);
        home.unwrap_or_else(|why| panic!("{key:?}: {why}")).get()
    }

    pub(super) fn fingerprint(&self, keyspace: &str) -> String {
        self.keyspace(keyspace).router.fingerprint().to_string()
    }

    fn keyspace(&self, name: &str) -> &shardwright::cluster::Keyspace {
        let name = KeyspaceName::new(name).expect("a good name");
        let found = self.0.keyspaces.iter().find(|keyspace| keyspace.name == name);
        found.expect("the file has it")
    }
}
