use toml::{Table, Value};

use super::{
    AuthSettings, HealthSettings, KeyspaceSettings, PoolSettings, RateLimit, Rule, Sharding,
    TelemetrySettings, TokenKey, secret::HIDDEN,
};

/// The effective configuration as TOML, every default written out and every
/// password hidden. A file of pins is named, not written out.
///
/// # Errors
/// None that a validated configuration can cause; the serializer's own.
pub fn to_toml(sharding: &Sharding) -> Result<String, toml::ser::Error> {
    let mut root = Table::new();
    root.insert("migrate_on_start".into(), sharding.migrate_on_start.into());
    root.insert("deadline".into(), time(sharding.deadline));
    root.extend(sharding.max_total.map(|total| ("max_total".to_owned(), total.into())));
    root.insert("health".into(), health(&sharding.health).into());
    root.insert("auth".into(), auth(&sharding.auth).into());
    root.extend(sharding.rate_limit.map(|limit| ("rate_limit".to_owned(), rate(limit).into())));
    root.insert("telemetry".into(), telemetry(&sharding.telemetry).into());
    let shards = sharding.shards.iter().map(|shard| {
        let mut table = Table::new();
        table.insert("url".into(), shard.url.to_string().into());
        table.insert("weight".into(), shard.weight.into());
        table.insert("pool".into(), pool(&shard.pool).into());
        (shard.id.to_string(), Value::Table(table))
    });
    root.insert("shards".into(), Value::Table(shards.collect()));
    let keyspaces =
        sharding.keyspaces.iter().map(|keyspace| (keyspace.name.to_string(), rule(keyspace)));
    root.insert("keyspaces".into(), Value::Table(keyspaces.collect()));
    // Under the profile that all others inherit from, so that it can be put
    // into a Rocket.toml as it is.
    let mut profile = Table::new();
    profile.insert("sharding".into(), Value::Table(root));
    let mut file = Table::new();
    file.insert("default".into(), Value::Table(profile));
    toml::to_string(&file)
}

fn time(length: std::time::Duration) -> Value {
    humantime::format_duration(length).to_string().into()
}

fn health(health: &HealthSettings) -> Table {
    let mut table = Table::new();
    table.insert("interval".into(), time(health.interval));
    table.insert("timeout".into(), time(health.timeout));
    table.insert("unhealthy_after".into(), health.unhealthy_after.into());
    table.insert("healthy_after".into(), health.healthy_after.into());
    table
}

fn auth(auth: &AuthSettings) -> Table {
    let mut table = Table::new();
    match &auth.key {
        Some(TokenKey::Secret(_)) => {
            table.insert("hs256_secret".into(), HIDDEN.into());
        }
        Some(TokenKey::PublicKey(file)) => {
            table.insert("public_key_file".into(), file.path.display().to_string().into());
        }
        None => {}
    }
    table.extend(auth.issuer.iter().map(|issuer| ("issuer".to_owned(), issuer.clone().into())));
    if !auth.audience.is_empty() {
        let audience = auth.audience.iter().map(|one| one.clone().into()).collect();
        table.insert("audience".into(), Value::Array(audience));
    }
    table.insert("allow_anonymous".into(), auth.allow_anonymous.into());
    table.insert("public_metrics".into(), auth.public_metrics.into());
    table
}

fn rate(limit: RateLimit) -> Table {
    let mut table = Table::new();
    table.insert("per_second".into(), limit.per_second.get().into());
    table.insert("burst".into(), limit.burst.get().into());
    table
}

fn telemetry(telemetry: &TelemetrySettings) -> Table {
    let mut table = Table::new();
    table.insert("metrics".into(), telemetry.metrics.into());
    table.insert("tracing".into(), telemetry.tracing.into());
    table.insert("slow_query".into(), time(telemetry.slow_query));
    table
}

fn pool(pool: &PoolSettings) -> Table {
    let mut table = Table::new();
    table.insert("max_size".into(), pool.max_size.into());
    table.insert("min_idle".into(), pool.min_idle.into());
    table.insert("acquire_timeout".into(), time(pool.acquire_timeout));
    table.insert("connect_timeout".into(), time(pool.connect_timeout));
    table.insert("statement_timeout".into(), time(pool.statement_timeout));
    table
}

fn rule(keyspace: &KeyspaceSettings) -> Value {
    let mut table = Table::new();
    let strategy = match &keyspace.rule {
        Rule::Range { entries, allow_gaps } => {
            let ranges = entries.iter().map(|entry| {
                let mut range = Table::new();
                range.extend(entry.range.start.map(|start| ("start".to_owned(), start.into())));
                range.extend(entry.range.end.map(|end| ("end".to_owned(), end.into())));
                range.insert("shard".into(), entry.shard.to_string().into());
                Value::Table(range)
            });
            table.insert("ranges".into(), Value::Array(ranges.collect()));
            table.insert("allow_gaps".into(), (*allow_gaps).into());
            "range"
        }
        Rule::Region { regions, default } => {
            table.insert("regions".into(), named(regions));
            table.extend(default.iter().map(|d| ("default".to_owned(), d.to_string().into())));
            "region"
        }
        Rule::ConsistentHash { virtual_nodes, shards } => {
            table.insert("virtual_nodes".into(), (*virtual_nodes).into());
            let weights = shards.iter().map(|s| (s.shard.to_string(), s.weight.into())).collect();
            let names = shards.iter().map(|s| s.shard.to_string().into()).collect();
            table.insert("shards".into(), Value::Array(names));
            table.insert("weights".into(), Value::Table(weights));
            "consistent_hash"
        }
    };
    table.insert("strategy".into(), strategy.into());
    if !keyspace.pins.is_empty() {
        table.insert("pins".into(), named(&keyspace.pins));
    }
    // A file stays a file, named so that it is found from any folder.
    if let Some(file) = &keyspace.pins_file {
        table.insert("pins_file".into(), file.path().display().to_string().into());
    }
    Value::Table(table)
}

fn named(entries: &[(String, crate::key::ShardId)]) -> Value {
    Value::Table(entries.iter().map(|(name, id)| (name.clone(), id.to_string().into())).collect())
}
