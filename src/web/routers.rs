use std::{fmt, sync::Arc};

use crate::{
    cluster::{Blueprint, Keyspace},
    config::Problems,
    key::{KeyspaceName, ShardId},
    routing::{Router, SharedRouter},
};

type Make = dyn Fn(&[ShardId]) -> Result<SharedRouter, String> + Send + Sync;

/// A keyspace that is placed by a router of the application's own.
pub(super) struct OwnRouter {
    keyspace: String,
    make: Box<Make>,
}

impl OwnRouter {
    pub(super) fn new<R: Router, E: fmt::Display>(
        keyspace: &str,
        make: impl Fn(&[ShardId]) -> Result<R, E> + Send + Sync + 'static,
    ) -> Self {
        let make = move |shards: &[ShardId]| match make(shards) {
            Ok(router) => Ok(Arc::new(router) as SharedRouter),
            Err(error) => Err(error.to_string()),
        };
        Self { keyspace: keyspace.to_owned(), make: Box::new(make) }
    }

    /// Makes the router over the shards there are, and checks what it says of itself.
    pub(super) fn join(&self, blueprint: &mut Blueprint, problems: &mut Problems) {
        let path = format!("sharding.keyspaces.{}", self.keyspace);
        let name = match KeyspaceName::new(&self.keyspace) {
            Ok(name) => name,
            Err(error) => return problems.add(path, error.to_string()),
        };
        if blueprint.keyspaces.iter().any(|keyspace| keyspace.name == name) {
            return problems.add(
                path,
                "is placed by a router of the application's own, which these settings would not \
                 change; remove them",
            );
        }
        let shards = blueprint.shards();
        match (self.make)(&shards) {
            Err(error) => problems.add(path, error),
            Ok(router) if router.shards().iter().any(|shard| shard.get() >= shards.len()) => {
                let there_are = shards.len();
                problems.add(
                    path,
                    format!("its router counts more shards than the {there_are} there are"),
                );
            }
            Ok(router) => {
                blueprint.keyspaces.push(Keyspace { name, router });
                blueprint.keyspaces.sort_by(|a, b| a.name.cmp(&b.name));
            }
        }
    }
}

impl fmt::Debug for OwnRouter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OwnRouter").field(&self.keyspace).finish()
    }
}
