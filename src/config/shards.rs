use figment::value::Value;

use super::{Backend, DatabaseUrl, PoolSettings, Problems, expand::expand, section::Section};
use crate::key::ShardId;

/// The largest weight: enough for any fleet, and a ring of it still fits in memory.
const HEAVIEST: i64 = 1_000;

/// One shard as configured.
#[derive(Debug, Clone)]
pub struct ShardSettings {
    /// Its name.
    pub id: ShardId,
    /// Where its database is.
    pub url: DatabaseUrl,
    /// Its share of a ring's points, beside the others'.
    pub weight: u32,
    /// Its pool: the common settings with its own on top.
    pub pool: PoolSettings,
}

/// Reads `[sharding.shards]`, sorted by name.
pub(super) fn read(
    section: &Section<'_>,
    pool: &PoolSettings,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Vec<ShardSettings> {
    let mut shards: Vec<ShardSettings> = Vec::new();
    for (name, value) in section.entries() {
        let path = section.path(name);
        let id = ShardId::new(name).map_err(|error| problems.add(&path, error.to_string())).ok();
        let Some(shard) = read_one(id, path.clone(), value, pool, env, problems) else { continue };
        if let Some(twin) = shards.iter().find(|other| other.url.same_database(&shard.url)) {
            problems.add(
                format!("{path}.url"),
                format!("is the database of {} too; each shard needs its own", twin.id),
            );
        }
        shards.push(shard);
    }
    shards.sort_by(|a, b| a.id.cmp(&b.id));
    shards
}

fn read_one(
    id: Option<ShardId>,
    path: String,
    value: &Value,
    pool: &PoolSettings,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<ShardSettings> {
    let mut shard = Section::of(path, value, problems)?;
    let url = read_url(&mut shard, env, problems);
    let weight = shard.int("weight", 1..=HEAVIEST, problems).unwrap_or(1);
    // A shard's own settings may stand beside its url or in a `pool` table.
    let common = pool;
    let mut pool = common.overridden(&mut shard, problems);
    let mut path = shard.path("min_idle");
    if let Some(mut own) = shard.table("pool", problems) {
        pool = pool.overridden(&mut own, problems);
        if !shard.has("min_idle") {
            path = own.path("min_idle");
        }
        own.close(problems);
    }
    // What is wrong with the common sizes has been said.
    if (pool.min_idle, pool.max_size) != (common.min_idle, common.max_size) {
        pool.check(path, problems);
    }
    shard.close(problems);
    Some(ShardSettings { id: id?, url: url?, weight: u32::try_from(weight).unwrap_or(1), pool })
}

fn read_url(
    shard: &mut Section<'_>,
    env: &dyn Fn(&str) -> Option<String>,
    problems: &mut Problems,
) -> Option<DatabaseUrl> {
    let path = shard.path("url");
    if !shard.has("url") {
        problems.add(&path, "is missing; write for example \"sqlite://data/shard-0.db\"");
    }
    let template = shard.text("url", problems)?;
    let url = expand(template, env).and_then(|url| {
        let url = DatabaseUrl::parse(&url).map_err(|error| error.to_string())?;
        refuse_unbuilt(url.backend())?;
        refuse_clear_text(&url, env)?;
        Ok(url)
    });
    url.map_err(|message| problems.add(path, message)).ok()
}

/// A shard that this program has no driver for would be down for ever.
fn refuse_unbuilt(backend: Backend) -> Result<(), String> {
    if backend.is_built_in() {
        return Ok(());
    }
    Err(format!(
        "names a {backend} database, and this program was built without support for it; build it \
         with shardwright's feature `{backend}`"
    ))
}

/// Nobody's password crosses a network in clear text unless the URL says so.
fn refuse_clear_text(
    url: &DatabaseUrl,
    env: &dyn Fn(&str) -> Option<String>,
) -> Result<(), String> {
    let DatabaseUrl::Postgres(url) = url else { return Ok(()) };
    let Some(host) = url.remote_host(env) else { return Ok(()) };
    if cfg!(feature = "tls") || url.parameter("sslmode").as_deref() == Some("disable") {
        return Ok(());
    }
    Err(format!(
        "{host} is on another machine, and this build can't encrypt the connection; build with \
         `--features tls`, or, on a network you trust, add ?sslmode=disable to the URL"
    ))
}
