use figment::Figment;

use super::Keyspace;
use crate::{
    config::{self, Problems, Sharding},
    key::ShardId,
    routing,
};

/// A cluster on paper: validated settings and the routers made from them.
/// Nothing has been connected to.
///
/// # Examples
/// ```
/// use figment::{Figment, providers::{Format, Toml}};
/// use shardwright::cluster::Blueprint;
///
/// let settings = |start: i64| {
///     let toml = format!(r#"
///         [default.sharding.shards.shard-0]
///         url = "sqlite://data/0.db"
///         [default.sharding.keyspaces.accounts]
///         strategy = "range"
///         ranges = [ {{ end = 100, shard = "shard-0" }}, {{ start = {start}, shard = "shard-0" }} ]
///     "#);
///     Figment::from(Toml::string(&toml).nested())
/// };
/// let blueprint = Blueprint::load(&settings(100))?;
/// assert_eq!(blueprint.shards()[0].as_str(), "shard-0");
///
/// // All that is wrong is told at once, each with where it stands.
/// let problems = Blueprint::load(&settings(50)).expect_err("50 to 99 stand in both ranges");
/// assert_eq!(problems.iter().next().expect("one").path, "sharding.keyspaces.accounts");
/// # Ok::<(), shardwright::config::Problems>(())
/// ```
#[derive(Debug, Clone)]
pub struct Blueprint {
    /// The settings.
    pub settings: Sharding,
    /// The keyspaces with their routers, sorted by name.
    pub keyspaces: Vec<Keyspace>,
}

impl Blueprint {
    /// Reads `[sharding]` and `${NAME}` variables of the process's environment.
    ///
    /// # Errors
    /// Everything that is wrong, each with its path.
    pub fn load(figment: &Figment) -> Result<Self, Problems> {
        Self::load_with(figment, &|name| std::env::var(name).ok())
    }

    /// As [`load`](Self::load), with variables from elsewhere.
    ///
    /// # Errors
    /// Everything that is wrong, each with its path.
    pub fn load_with(
        figment: &Figment,
        env: &dyn Fn(&str) -> Option<String>,
    ) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let settings = config::load(figment, env, &mut problems);
        let keyspaces = keyspaces(&settings, &mut problems);
        problems.none_or(Self { settings, keyspaces })
    }

    /// The shards' names, in the order that routers count in.
    #[must_use]
    pub fn shards(&self) -> Vec<ShardId> {
        self.settings.shards.iter().map(|shard| shard.id.clone()).collect()
    }
}

/// A rule that contradicts itself is a problem of the file like any other.
fn keyspaces(settings: &Sharding, problems: &mut Problems) -> Vec<Keyspace> {
    let shards: Vec<_> = settings.shards.iter().map(|shard| shard.id.clone()).collect();
    let build = |keyspace: &config::KeyspaceSettings| {
        // A rule over a shard whose own settings are wrong can't be built, and
        // that shard's problem is already on the list.
        if !keyspace.shards().all(|shard| shards.contains(shard)) {
            return None;
        }
        match routing::build(keyspace, &shards) {
            Ok(router) => Some(Keyspace { name: keyspace.name.clone(), router }),
            Err(errors) => {
                let path = format!("sharding.keyspaces.{}", keyspace.name);
                errors.iter().for_each(|error| problems.add(&path, error.to_string()));
                None
            }
        }
    };
    settings.keyspaces.iter().filter_map(build).collect()
}
