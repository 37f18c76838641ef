//! A floor uses only the floors below it.

use super::{paths::paths, tree::Source};

/// Lowest first. What stands together is one floor; `config` stands on `key`.
const FLOORS: [(&str, u8); 10] = [
    ("key", 0),
    ("config", 0),
    ("routing", 1),
    ("shard", 2),
    ("cluster", 3),
    ("ops", 4),
    ("store", 5),
    ("web", 5),
    ("http", 6),
    ("cli", 6),
];

/// The only ways between modules of one floor.
const ACROSS: [(&str, &str); 2] = [("config", "key"), ("cli", "http")];

fn floor(module: &str) -> Option<u8> {
    FLOORS.iter().find(|(name, _)| *name == module).map(|(_, floor)| *floor)
}

/// Whether a file of module `from` may name this path.
fn allowed(from: &str, path: &str) -> bool {
    let to = path.split("::").next().unwrap_or_default();
    let (Some(own), Some(other)) = (floor(from), floor(to)) else {
        // A name of the root itself: a floor this list should have, or nothing.
        return false;
    };
    // The store's rows are merged over shards; beyond that it knows no cluster.
    let sums = from == "store" && to == "cluster" && !path.starts_with("cluster::merge");
    let below = other < own || from == to || ACROSS.contains(&(from, to));
    below && !sums
}

/// Every path of the file that leads up.
pub(super) fn upward(file: &Source) -> Vec<String> {
    let parts: Vec<&str> = file.path.split('/').skip(1).collect();
    let [module, .., name] = parts.as_slice() else { return root(&parts, &file.text) };
    let depth = if *name == "mod.rs" { parts.len() - 1 } else { parts.len() };
    let complaint = |path: String| format!("`{module}` may not use `{path}`");
    paths(&file.text, depth)
        .into_iter()
        .filter(|path| !allowed(module, path))
        .map(complaint)
        .collect()
}

/// A file of the root: `lib.rs` names the floors and `main.rs` is a door.
fn root(parts: &[&str], text: &str) -> Vec<String> {
    let modules =
        text.lines().filter_map(|line| line.trim().strip_prefix("pub mod ")?.strip_suffix(';'));
    let strange = modules.filter(|module| floor(module).is_none());
    match parts {
        ["lib.rs"] => strange.map(|module| format!("`{module}` has no floor")).collect(),
        ["main.rs"] => Vec::new(),
        _ => vec!["a file of the root belongs on a floor".to_owned()],
    }
}

#[test]
fn each_way_up_is_seen() {
    let found = |path, code| upward(&Source::sample(path, code)).join("; ");
    for (path, code) in [
        ("src/key/range.rs", "use crate::config::Problems;"),
        ("src/key/mod.rs", "use super::routing::Router;"),
        ("src/config/load.rs", "use crate::{key::ShardId, routing::Router};"),
        ("src/routing/router.rs", "fn f(db: &crate::cluster::ShardedDb) {}"),
        ("src/shard/pool.rs", "use crate::cluster::{Error, Gathered};"),
        ("src/cluster/db.rs", "use super::super::ops::Health;"),
        ("src/ops/startup.rs", "use crate::{\n    key::ShardId,\n    store::schema,\n};"),
        ("src/store/orders.rs", "use crate::cluster::{merge::Sum, ShardedDb};"),
        ("src/store/orders.rs", "use crate::http::Problem;"),
        ("src/http/orders.rs", "use crate::cli::Output;"),
        ("src/http/orders.rs", "use crate::util::Thing;"),
        ("src/util.rs", ""),
        ("src/lib.rs", "pub mod util;"),
        ("src/web/problem.rs", "use crate::http::Door;"),
        ("src/web/failure.rs", "use crate::store::types::TenantId;"),
    ] {
        assert_ne!(found(path, code), "", "{path}: {code}");
    }
    for (path, code) in [
        ("src/config/load.rs", "use crate::key::ShardId;"),
        ("src/routing/router.rs", "/// [`x`](crate::cluster::ShardedDb)\nuse super::RouteError;"),
        ("src/store/stats.rs", "use crate::{cluster::merge::{Count, Sum}, shard::Error};"),
        ("src/cli/serve.rs", "use crate::{http::server, ops::Health};"),
        ("src/store/types/status.rs", "use crate::store::schema;"),
        ("src/main.rs", "fn main() { shardwright::cli::main() }"),
        ("src/lib.rs", "pub mod key;\npub mod cli;"),
    ] {
        assert_eq!(found(path, code), "", "{path}: {code}");
    }
}
