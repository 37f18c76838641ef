//! The library's scatter beside the same closure on one shard after another.
//!
//!     bench-scatter ROUNDS TURNS
//!
//! reads the configuration that `ROCKET_CONFIG` names. In every round each way has so many turns;
//! what is printed is a JSON array with a pair of mean times in microseconds for each round.

use std::time::Instant;

use anyhow::{Context, Result, ensure};
use chrono::{TimeDelta, Utc};
use figment::{
    Figment, Profile,
    providers::{Format, Toml},
};
use shardwright::{
    cluster::{Blueprint, Builder, ShardedDb},
    store::{
        stats::{self, ByCurrency},
        types::{TenantId, UtcInstant},
    },
};

#[tokio::main]
async fn main() -> Result<()> {
    let numbers: Vec<usize> =
        std::env::args().skip(1).map(|arg| arg.parse()).collect::<Result<_, _>>()?;
    let [rounds, turns] = numbers[..] else { anyhow::bail!("bench-scatter ROUNDS TURNS") };
    let file = std::env::var_os("ROCKET_CONFIG").context("ROCKET_CONFIG names no file")?;
    let figment = Figment::from(Toml::file(file).nested()).select(Profile::Default);
    let db: ShardedDb = Builder::from_blueprint(Blueprint::load(&figment)?).build()?;

    // Both ways have all their connections and statements from here on.
    let (expected, found) = (one_after_another(&db).await?, side_by_side(&db).await?);
    ensure!(expected == found, "both ways give the same sums");
    let mut pairs = Vec::new();
    for _ in 0..rounds {
        let began = Instant::now();
        for _ in 0..turns {
            side_by_side(&db).await?;
        }
        let together = began.elapsed();
        let began = Instant::now();
        for _ in 0..turns {
            one_after_another(&db).await?;
        }
        let mean = |time: std::time::Duration| time.as_secs_f64() * 1e6 / turns as f64;
        pairs.push((mean(together), mean(began.elapsed())));
    }
    println!("{}", serde_json::to_string(&pairs)?);
    Ok(())
}

fn since() -> UtcInstant {
    UtcInstant::from(Utc::now() - TimeDelta::days(30))
}

async fn side_by_side(db: &ShardedDb) -> Result<Vec<ByCurrency>> {
    let since = since();
    let gathered = db.scatter::<TenantId, _>(move |conn| stats::since(conn, since)).await;
    Ok(gathered.complete()?.into_iter().map(|(_, sums)| sums).collect())
}

async fn one_after_another(db: &ShardedDb) -> Result<Vec<ByCurrency>> {
    let since = since();
    let mut all = Vec::new();
    for shard in db.shards() {
        all.push(db.on(shard.id(), move |conn| stats::since(conn, since)).await?);
    }
    Ok(all)
}
