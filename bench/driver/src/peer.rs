//! Who is measured.

use std::path::PathBuf;

/// Connections to each database, the same for every peer.
pub(crate) const CONNECTIONS: usize = 8;

/// One of those measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Peer {
    pub(crate) name: &'static str,
    pub(crate) what: &'static str,
    pub(crate) kind: Kind,
}

/// How it is started, and on which databases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Our service, from this binary or the one that was built here.
    Shardwright { shards: usize, binary: Option<PathBuf> },
    /// A program that was built here, told of all shards.
    Sharded { program: &'static str },
    /// A program that was built here, told of the one database with all orders.
    Whole { program: &'static str },
    /// uvicorn with so many workers.
    FastApi { workers: usize },
    /// No service: pgbench asks the one database itself.
    Pgbench,
}

/// All of them, in the order of their turns.
pub(crate) fn all(other: Option<PathBuf>) -> Vec<Peer> {
    let peer = |name, what, kind| Peer { name, what, kind };
    let ours = |shards| Kind::Shardwright { shards, binary: None };
    let mut peers = vec![
        peer(OURS, "the service, over three shards", ours(3)),
        peer(OURS_WHOLE, "the service, over one shard", ours(1)),
        peer("fastapi-1", "FastAPI + asyncpg + uvloop, one worker", Kind::FastApi { workers: 1 }),
        peer(FASTAPI, "FastAPI + asyncpg + uvloop, two workers", Kind::FastApi { workers: 2 }),
        peer(
            DIESEL_ASYNC,
            "axum + diesel-async (deadpool)",
            Kind::Sharded { program: DIESEL_ASYNC },
        ),
        peer(
            TOKIO_POSTGRES,
            "axum + tokio-postgres (deadpool)",
            Kind::Sharded { program: TOKIO_POSTGRES },
        ),
        peer(
            UNSHARDED,
            "Rocket + Diesel + r2d2 on one database",
            Kind::Whole { program: UNSHARDED },
        ),
        peer(PGBENCH, "pgbench -M prepared on one database, no HTTP", Kind::Pgbench),
    ];
    if other.is_some() {
        let kind = Kind::Shardwright { shards: 3, binary: other };
        peers.insert(1, peer(OTHER, "the service from --service, over three shards", kind));
    }
    peers
}

pub(crate) const OURS: &str = "shardwright";
pub(crate) const OTHER: &str = "other";
pub(crate) const OURS_WHOLE: &str = "shardwright-1";
pub(crate) const FASTAPI: &str = "fastapi-2";
pub(crate) const DIESEL_ASYNC: &str = "axum-diesel-async";
pub(crate) const TOKIO_POSTGRES: &str = "axum-tokio-postgres";
pub(crate) const UNSHARDED: &str = "rocket-unsharded";
pub(crate) const PGBENCH: &str = "pgbench";
