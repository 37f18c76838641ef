//! Shards and pools for tests of the library.

use std::{fmt::Debug, time::Duration};

use shardwright::cluster::{Error, ShardedDb};
use shardwright::config::{DatabaseUrl, PoolSettings, ShardSettings, Sharding};
use shardwright::key::ShardId;
use shardwright::shard::{Connect, PoolState, ShardError};

/// How a test's pools are made: small, and patient enough for a busy machine.
pub(crate) fn pool(max_size: u32) -> PoolSettings {
    PoolSettings {
        max_size,
        acquire_timeout: Duration::from_secs(20),
        connect_timeout: Duration::from_secs(10),
        statement_timeout: Duration::from_secs(30),
        ..PoolSettings::default()
    }
}

/// `shard-0`, `shard-1`, … over these databases, without keyspaces.
pub(crate) fn sharding(urls: &[String], pool: &PoolSettings) -> Sharding {
    let shard = |(i, url): (usize, &String)| ShardSettings {
        id: shard(i),
        url: DatabaseUrl::parse(url).expect("the harness made it"),
        weight: 1,
        pool: pool.clone(),
    };
    Sharding {
        migrate_on_start: false,
        deadline: Duration::from_secs(30),
        shards: urls.iter().enumerate().map(shard).collect(),
        ..Sharding::default()
    }
}

/// The name of a shard.
pub(crate) fn shard(i: usize) -> ShardId {
    ShardId::new(&format!("shard-{i}")).expect("a good name")
}

/// A shard's pool and breaker.
pub(crate) fn state<C: Connect>(db: &ShardedDb<C>, number: usize) -> PoolState {
    db.shard(&shard(number)).expect("it is one of the cluster's").state()
}

/// What the shard said of a failed call.
#[track_caller]
pub(crate) fn shard_error<T: Debug>(outcome: Result<T, Error>) -> ShardError {
    match outcome {
        Err(Error::Shard(error)) => error,
        other => panic!("expected a shard's error, got {other:?}"),
    }
}
