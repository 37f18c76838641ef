//! `Rocket.toml` and the environment, read into plain data.
//!
//! Reading never stops at the first mistake: everything wrong is collected as
//! [`Problems`], each with the path of the key it is about. A `Debug` or
//! `Display` of anything here never shows a password or another secret.

mod anchor;
mod auth;
mod expand;
mod health;
mod keyspace;
mod load;
mod nearest;
mod pins;
mod pins_csv;
mod pool;
mod problem;
mod rate_limit;
mod secret;
mod section;
mod sharding;
mod shards;
mod show;
mod telemetry;
mod total;
mod url;

pub use auth::{AuthSettings, PublicKeyFile, TokenKey};
pub use health::HealthSettings;
pub use keyspace::{KeyspaceSettings, RangeEntry, Rule, WeightedShard};
pub use load::{load, without_source};
pub use nearest::nearest;
pub use pins::PinsFile;
pub use pool::PoolSettings;
pub use problem::{Problem, Problems};
pub use rate_limit::RateLimit;
pub use secret::Secret;
pub use sharding::Sharding;
pub use shards::ShardSettings;
pub use show::to_toml;
pub use telemetry::TelemetrySettings;
pub use url::{Backend, DatabaseUrl, Endpoint, PostgresUrl, UrlError};
